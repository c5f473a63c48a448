# For those who write labs, and this suite.
#
#   ALL=1       test: also the tests that need heavy tools

.PHONY: test starters lint mutants matrix bench bench-grade subsystems

test: need-cc need-bats need-ps place ## every test of the project
	@$(if $(VM),$(make) check FROM=solutions,bash scripts/suite/test)
starters: ## labs/*.c again from solutions/*.c
	@bash scripts/suite/starter --all
lint: ## the style of all C and shell
	@bash scripts/suite/lint
mutants: need-cc witness ## how many wrong programs the checks of each lab catch
	@bash scripts/suite/mutants
matrix: need-cc need-vm place ## the checks over kernels, cgroup modes, CPUs and users
	@bash scripts/suite/matrix
subsystems: need-cc need-vm place ## the subsystems of cgroups at work, v1 and v2, as a table
	@bash scripts/suite/subsystems
bench: need-cc need-bats ## where the time goes from save to verdict, as ratios
	@bash scripts/suite/bench
bench-grade: need-cc need-grade ## how many submissions a minute make grade takes
	@bash scripts/suite/bench-grade
