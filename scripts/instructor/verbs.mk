# The verbs of those who have the references: presenters, instructors, the makers of the suite. A
# handout has neither the references nor this file.
#
#   FROM=...     solutions: the references; or a submission, a tree of the same shape
#   STEP=1       make demo, demo3: in steps, on a terminal; Enter goes on, b back (STEP=4: from step 4)
#   SPOIL=1      diff: show the reference before all checks pass
#   IN=DIR       grade: the submissions; with OUT=DIR: where the grades go
#   CAGE=vm      grade: each program in a virtual machine; CAGE=none: without a cage
#   HOSTS=FILE   grade: on other machines as well, a sshlogin file of GNU parallel
#   AGAIN=1      grade: run again what this machine could not show

with_number := $(foreach verb,demo solution diff,$(addprefix $(verb),$(numbers)))
.PHONY: $(with_number) demo starters test mutants matrix bench bench-grade slides cast picture slides-check lint grade handout references need-grade

$(addprefix demo,$(numbers)): demo%: | references need-ps ## the reference of lab N on this kernel
	@$(demo_in) bash scripts/demo $(call lab,$*)
$(addprefix solution,$(numbers)): solution%: ## the reference of lab N beside yours
	@bash scripts/solution $(call lab,$*)
$(addprefix diff,$(numbers)): diff%: ## yours against the reference, once all checks pass (or SPOIL=1)
	@bash scripts/diff "$$out" $(call lab,$*)
demo: | references need-ps ## all reference programs on this kernel, in order
	@$(demo_in) bash scripts/demo $(labs)

demo_in = $(if $(filter vm,$(IN)),bash scripts/in-vm env "BUILD=$$BUILD" "STEP=$$STEP")
references:
	@$(MAKE) FROM=solutions programs

grade: witness | need-cc need-bats need-grade ## grade IN=SUBMISSIONS, a folder or archive for each student, into OUT=DIR
	@bash scripts/grade "$$IN" "$$OUT"
handout: | place ## the archive that students get, without the references, in BUILD/handout
	@bash scripts/handout $(keep_owner)
need-grade:
	@bash scripts/need $(if $(filter none,$(CAGE)),,bwrap) $(if $(HOSTS),parallel ssh) $(if $(filter vm,$(CAGE)),qemu busybox-static cpio kmod)

starters: ## labs/*.c again from solutions/*.c
	@bash scripts/starter --all
test: need-cc need-bats need-ps place ## every test of the project (ALL=1: also those with heavy tools)
	@$(if $(filter vm,$(IN)),$(make) check FROM=solutions,bash scripts/test)
mutants: need-cc need-bats witness ## how many wrong programs the checks catch, of each lab
	@bash scripts/mutants
matrix: need-cc need-bats need-vm place ## all checks over kernels, cgroup modes, CPUs, users and denials
	@bash scripts/matrix
bench: need-cc need-bats ## where the time goes from a save to the verdict, as ratios
	@bash scripts/bench
bench-grade: need-cc need-bats need-grade ## how many submissions a minute make grade takes
	@bash scripts/bench-grade
slides: need-cc place ## the deck of the workshop, as HTML and PDF, in BUILD/slides
	@bash scripts/slides
cast: | references need-ps ## record the demonstrations for the slides, as asciicast, in BUILD/slides/casts
	@bash scripts/cast $(labs)
picture: need-cc place ## the picture of the README, from a real run
	@bash scripts/slides --picture
slides-check: slides ## look at every slide for what does not fit or cannot be read
	@bash scripts/slides-check
lint: ## the style of all C and shell
	@bash scripts/lint
