# A class, from what was handed in to verdicts. scripts/instructor/grade calls it: out is a link to GRADES whose
# path make can take, and what lies beside it is gone in the end.
#
#   SUBMISSIONS ─▶ students/KEY/LAB/NAME.c ─▶ students/KEY/LAB/record ─▶ students/KEY/LAB/verdicts
#
# Only what is not there is made, and the time of no file counts: whoever changes what a file was made from
# (collect a program; here the kit, the checks, the points) removes that file first.
# Make cannot see who is there before all is collected. So it makes $(out).mk, a part of this file, of the class,
# and then starts anew by itself: that is the second half.

MAKEFLAGS += --no-builtin-rules
SHELL := bash
empty :=
define newline


endef

demonstrations := $(shell grep -lx '# what: demonstration' tests/[0-9]*-*.bats)
labs := $(basename $(notdir $(filter-out $(demonstrations),$(wildcard tests/[0-9]*-*.bats))))
.DELETE_ON_ERROR:
.PHONY: verdicts collect cage hosts $(foreach what,kit checks judge,$(labs:%=$(what)-%)) kit-witness kit-compiler
or_end := || { echo $$? >$(out).status; exit 1; }

ifndef MAKE_RESTARTS
$(file >$(out).mk)
include $(out).mk
$(out).mk: collect
	@touch $@

collect: cage
	@bash scripts/instructor/collect "$$SUBMISSIONS" "$$GRADES" $(or_end)
	@[ -z "$$AGAIN" ] || find $(out)/students -mindepth 3 -maxdepth 3 -name verdicts \
		-exec grep -lE $$'^[^\t]*\t[^\t]*\t(error|not here)\t' {} + | sed 's/verdicts$$/record/' | xargs -r rm -f
	@for verdicts in $(out)/students/*/*/verdicts; do [ -e "$${verdicts%verdicts}record" ] || rm -f "$$verdicts"; done

cage: kit-witness kit-compiler $(foreach what,kit checks,$(labs:%=$(what)-%))
ifeq ($(CAGE),none)
	@echo "CAGE=none: the compiler sees all that you see, and nothing limits what it uses." >&2
else
	@lacks=$$(bash scripts/instructor/cage --check $(out)/kit) $(or_end); \
		[ -z "$$lacks" ] || echo "The cage holds, but this machine cannot give it: $$lacks." >&2
endif

# renew FILE,WHAT,COMMAND: FILE is what COMMAND prints. If it is another one than before, WHAT, which was made
# from it, goes before it comes.
renew = @$3 >$(out).$@ && { cmp -s $(out).$@ $(out)/$1 || \
	{ printf '%s\0' $(out)/students/*/$2 | xargs -0 rm -f && cp $(out).$@ $(out)/$1; }; }

kit-witness:
	$(call renew,kit/witness,*/record,cat "$$WITNESS")
	@chmod 755 $(out)/kit/witness
kit-compiler:
	$(call renew,kit/compiler,*/record,echo "$$CC $$CFLAGS")
$(labs:%=kit-%): kit-%:
	$(call renew,kit/$*,$*/record,grep '^#> ' tests/$*.bats)
$(labs:%=checks-%): checks-%:
	$(call renew,judged/$*,$*/verdicts,cat tests/$*.bats tests/record.bash scripts/student/judge)

else
records := $(foreach lab,$(labs),$(patsubst %/collected,%/$(lab)/record,$(wildcard $(out)/students/*/collected)))
judged := $(patsubst %/verdicts,%/record,$(wildcard $(out)/students/*/*/verdicts))
missing := $(filter-out $(wildcard $(out)/students/*/*/record),$(records))
$(shell echo 'programs $(words $(missing))' >&2)
verdicts: $(labs:%=judge-%)

# With CAGE=vm up to ten programs share a virtual machine, one after the other, each in its cage: the same that keeps
# strangers apart on a teacher's machine, because root in it is nobody outside. A lab of the guest's is another thing: its
# program is root of the guest, and could stay, and write the records of those behind it. So each of these has a guest of its
# own, and so has each program that got no record in a shared one.
ifeq ($(CAGE),vm)
own := $(basename $(notdir $(shell grep -lx '#> *guest' tests/[0-9]*-*.bats)))
shared := $(filter-out $(addprefix %/,$(addsuffix /record,$(own))),$(filter $(missing),$(addsuffix record,$(dir $(wildcard $(out)/students/*/*/*.c)))))
guests := $(if $(shared),$(file >$(out).shared,$(subst $(empty) ,$(newline),$(shared)))$(shell \
	n=$$((($(words $(shared)) + JOBS - 1) / JOBS)); split -a 4 -l $$((n < 10 ? n : 10)) $(out).shared $(out).guest- && echo $(out).guest-*))
.PHONY: $(guests)
$(guests):
	@bash scripts/instructor/guest $(out)/kit $$(<$@) >&2 || true
$(shared): | $(guests)
endif

# What gets no record is an error, and open; it keeps nobody else from a mark.
lab = $(notdir $(@D))
name = $(subst $(firstword $(subst -, ,$1))-,,$1)
$(missing): | $(if $(HOSTS),hosts)
	@[ -e $@ ] || { mkdir -p $(@D) && bash scripts/instructor/cage $(out)/kit $(lab) $(@D)/$(call name,$(lab)).c $@ && \
		echo 'made $@' >&2; } || true
hosts:
	$(file >$(out).list,$(subst $(empty) ,$(newline),$(missing)))@bash scripts/instructor/hosts $(out) $(out).list >&2 $(or_end)

unjudged = $(filter-out $(judged),$(filter %/$*/record,$(records)))
$(labs:%=judge-%): judge-%: $(missing)
	$(if $(unjudged),$(file >$(out).judge-$*,$(subst $(empty) ,$(newline),$(unjudged)))@xargs -a $(out).judge-$* \
		bash scripts/student/judge tests/$*.bats $(or_end))
endif
