# For instructors: a class of strangers' programs.
#
#   SUBMISSIONS=DIR  grade: what the students handed in
#   GRADES=DIR       grade: where marks, feedback and the report go
#   CAGE=vm          grade: in virtual machines; CAGE=none: no box
#   HOSTS=FILE       grade: on other machines, too: sshlogins of GNU parallel
#   AGAIN=1          grade: run again what this machine could not show
#   LANG=zh          handout: with the Chinese pages
#   SPOIL=1          solutionN: show the reference before all checks pass

.PHONY: $(addprefix solution,$(numbers)) grade class handout need-grade

grade: witness | need-cc need-grade ## grade SUBMISSIONS=DIR, and write GRADES=DIR
	@bash scripts/instructor/grade "$$SUBMISSIONS" "$$GRADES"
class: | place ## who of a workshop's room is stuck where: GRADES=FOLDER
	@bash scripts/machine/need jq || exit 70; bash scripts/instructor/class "$$GRADES" "$$BUILD/class.html"
handout: | place ## the archive for students, without the references
	@bash scripts/instructor/handout "$$LANG" $(keep_owner)
$(addprefix solution,$(numbers)): solution%: ## the reference of lab N, once all your checks pass
	@bash scripts/instructor/solution "$$out" $(call lab,$*)
diff%:# a verb of the first edition
	@echo 'make $@ is called make solution$* today.' >&2; exit 2
need-grade:
	@bash scripts/machine/need jq libarchive $(if $(filter none,$(CAGE)),,bwrap) $(if $(HOSTS),parallel ssh) $(if $(filter vm,$(CAGE)),qemu busybox-static cpio kmod) || exit 70
