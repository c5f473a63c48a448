# What make does of grading, in GRADES/students:  make -f scripts/instructor/grade.mk GRADES=DIR [LIST=1] records|results
#
#   KEY/LAB/NAME.c ─▶ KEY/LAB/record ─▶ KEY/LAB/verdicts
#
# Only what is not there is made, and the time of no file counts: whoever changes what a file was made
# from (scripts/instructor/collect a program, scripts/instructor/grade the kit, the checks, the points) has removed it before.
# LIST=1 names the records that would be made. Called by scripts/instructor/grade, which fills GRADES/kit.

MAKEFLAGS += --no-builtin-rules
SHELL := bash
empty :=
define newline


endef

labs := $(basename $(notdir $(wildcard tests/[0-9]*-*.bats)))
students := $(patsubst %/collected,%,$(wildcard $(GRADES)/students/*/collected))
records = $(students:%=%/$1/record)
lab = $(notdir $(@D))
name = $(subst $(firstword $(subst -, ,$1))-,,$1)
unjudged = $(strip $(foreach record,$(call records,$1),$(if $(wildcard $(record:record=verdicts)),,$(record))))

.PHONY: records results $(labs:%=judge-%)
.DELETE_ON_ERROR:
records: $(foreach lab,$(labs),$(call records,$(lab)))
results: $(labs:%=judge-%)

$(GRADES)/students/%/record:
	$(if $(LIST),$(info $@),@mkdir -p $(@D) && bash scripts/instructor/cage $(GRADES)/kit $(lab) $(@D)/$(call name,$(lab)).c $@ && echo 'made $@')

$(labs:%=judge-%): judge-%:
	$(if $(call unjudged,$*),$(file >$(GRADES)/judged/$*.list,$(subst $(empty) ,$(newline),$(call unjudged,$*)))@xargs -a $(GRADES)/judged/$*.list \
		bash scripts/student/judge tests/$*.bats && rm $(GRADES)/judged/$*.list)
