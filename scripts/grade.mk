# What make does of grading, in OUT/students:  make -f scripts/grade.mk OUT=DIR [LIST=1] records|results
#
#   KEY/LAB/NAME.c ──────┐
#   kit/witness ─────────┼─▶ KEY/LAB/record ─┐
#   kit/LAB: its steps ──┘                   ├─▶ KEY/LAB/result, of all students: judged/LAB
#   its checks and their points ─────────────┘
#
# A submission that has changed is run again; when only a check has changed, its record is judged
# again. LIST=1 names the records that would be made. Called by scripts/grade, which fills kit.

MAKEFLAGS += --no-builtin-rules
SHELL := bash
empty :=
define newline


endef

labs := $(basename $(notdir $(wildcard tests/[0-9]*-*.bats)))
students := $(patsubst %/collected,%,$(wildcard $(OUT)/students/*/collected))
records = $(students:%=%/$1/record)
lab = $(notdir $(@D))
name = $(subst $(firstword $(subst -, ,$1))-,,$1)

.PHONY: records results
.DELETE_ON_ERROR:
.SECONDEXPANSION:
records: $(foreach lab,$(labs),$(call records,$(lab)))
results: $(labs:%=$(OUT)/judged/%)

# Where a file was not handed in, a new "collected" tells that.
$(OUT)/students/%/record: $$(or $$(wildcard $$(@D)/*.c),$$(dir $$(@D))collected) $(OUT)/kit/witness $(OUT)/kit/$$(notdir $$(@D))
	$(if $(LIST),$(info $@),@mkdir -p $(@D) && scripts/cage $(OUT)/kit $(lab) $(@D)/$(call name,$(lab)).c $@ && echo 'made $@')

changed = $(if $(filter-out %/record,$?),$^,$?)
$(OUT)/judged/%: $$(call records,$$*) tests/%.bats tests/record.bash tests/verdicts.awk $(OUT)/kit/points
	$(file >$@.list,$(subst $(empty) ,$(newline),$(filter %/record,$(changed))))
	@scripts/judge-all tests/$*.bats $(OUT)/kit/points $@.list && mv $@.list $@
