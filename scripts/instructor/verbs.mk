# For instructors: a class of strangers' programs.
#
#   IN=DIR      grade: the submissions; with OUT=DIR: where the grades go
#   CAGE=vm     grade: each program in a virtual machine; CAGE=none: no cage
#   HOSTS=FILE  grade: on other machines, too: a sshlogin file of GNU parallel
#   AGAIN=1     grade: run again what this machine could not show
#   SPOIL=1     diff: show the reference before all checks pass

with_number := $(foreach verb,solution diff,$(addprefix $(verb),$(numbers)))
.PHONY: $(with_number) grade handout need-grade

grade: witness | need-cc need-grade ## grade IN=DIR, a folder or archive a student, into OUT=DIR
	@bash scripts/instructor/grade "$$IN" "$$OUT"
handout: | place ## the archive for students, without the references
	@bash scripts/instructor/handout $(keep_owner)
$(addprefix solution,$(numbers)): solution%: ## the reference of lab N beside yours
	@bash scripts/instructor/solution $(call lab,$*)
$(addprefix diff,$(numbers)): diff%: ## yours against the reference, once all checks pass
	@bash scripts/instructor/diff "$$out" $(call lab,$*)
need-grade:
	@bash scripts/machine/need libarchive $(if $(filter none,$(CAGE)),,bwrap) $(if $(HOSTS),parallel ssh) $(if $(filter vm,$(CAGE)),qemu busybox-static cpio kmod)
