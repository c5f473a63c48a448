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

# A path is taken as it was typed: a $ in it is none of make's, and no recipe has it in its text.
override IN := $(value IN)
override OUT := $(value OUT)
export STEP OUT CAGE HOSTS AGAIN
with_number := $(foreach verb,demo solution diff,$(addprefix $(verb),$(numbers)))
.PHONY: $(with_number) demo starters test mutants matrix bench bench-grade slides cast picture slides-check lint grade handout references need-grade

$(addprefix demo,$(numbers)): demo%: | references need-ps ## the reference of lab N on this kernel
	@$(demo_in) scripts/demo $(call lab,$*)
$(addprefix solution,$(numbers)): solution%: ## the reference of lab N beside yours
	@scripts/solution $(call lab,$*)
$(addprefix diff,$(numbers)): diff%: ## yours against the reference, once all checks pass (or SPOIL=1)
	@scripts/diff '$(out)' $(call lab,$*)
demo: | references need-ps ## all reference programs on this kernel, in order
	@$(demo_in) scripts/demo $(labs)

demo_in = $(if $(IN),scripts/in-vm env BUILD="$$BUILD" STEP="$$STEP")
references:
	@$(MAKE) FROM=solutions programs

grade: $(witness) | need-cc need-bats need-grade ## grade IN=SUBMISSIONS, a folder or archive for each student, into OUT=DIR
	@WITNESS='$(witness)' scripts/grade "$$IN" "$$OUT"
handout: ## the archive that students get, without the references, in BUILD/handout
	@scripts/handout && $(keep_owner)
need-grade:
	@scripts/need $(if $(filter none,$(CAGE)),,bwrap) $(if $(HOSTS),parallel ssh) $(if $(filter vm,$(CAGE)),qemu busybox-static cpio kmod)

starters: ## labs/*.c again from solutions/*.c
	@scripts/starter --all
test: need-cc need-bats need-ps ## every test of the project (ALL=1: also those with heavy tools)
	@$(if $(IN),$(MAKE) check FROM=solutions,scripts/test)
mutants: need-cc need-bats $(BUILD)/witness ## how many wrong programs the checks catch, of each lab
	@scripts/mutants
matrix: need-cc need-bats need-vm ## all checks over kernels, cgroup modes, CPUs, users and denials
	@scripts/matrix
bench: need-cc need-bats ## where the time goes from a save to the verdict, as ratios
	@scripts/bench
bench-grade: need-cc need-bats need-grade ## how many submissions a minute make grade takes
	@scripts/bench-grade
slides: need-cc ## the deck of the workshop, as HTML and PDF, in BUILD/slides
	@scripts/slides
cast: | references need-ps ## record the demonstrations for the slides, as asciicast, in BUILD/slides/casts
	@scripts/cast $(labs)
picture: need-cc ## the picture of the README, from a real run
	@scripts/slides --picture
slides-check: slides ## look at every slide for what does not fit or cannot be read
	@scripts/slides-check
lint: ## the style of all C and shell
	@scripts/lint
