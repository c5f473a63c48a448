# For students: 'make' shows the map, 'make lab1' begins.
#
#   FROM=TREE   the tree that is built, run and checked (labs)
#   BUILD=DIR   where everything that is made goes (build)
#   ARGS=...    run: arguments of the program
#   CC, CFLAGS  the compiler and its flags
#   SUDO=       how to become root (sudo); empty: never use it
#   YES=1       install what is missing without asking
#   SPOIL=1     answers: show them before all checks pass
#   GRADES=DIR  share: the folder of the room;  NAME=YOURS  who you are in it

SHELL := bash
MAKEFLAGS += --no-builtin-rules --no-print-directory
ifeq ($(wildcard /bin/bash /usr/bin/bash /usr/local/bin/bash),)
$(error bash is missing, and the scripts of the labs need it. Type as root: apk add bash)
endif

# --- the environment: this is the one place that makes it clean -------------------------------
# Of our variables only what is typed behind make counts, and as it is typed, a $ in it, too. Scripts
# get them in the environment: no value stands in a recipe. (Behind make no shell knows ~/, and what
# begins with - looks like an option.)
given = $(if $(filter command,$(origin $1)),$(value $1),$2)
path = $(subst <^>,,$(subst <^>-,./-,$(subst <^>~/,$(value HOME)/,<^>$(call given,$1,$2))))
plain := VM ARGS YES ALL CGROUP CPUS ARCH VMUSER APPEND INSIDE STEP CAGE AGAIN SPOIL JOBS WATCHED ROUNDS ESCAPE NAME LANG ADDRESS
paths := SUBMISSIONS GRADES KERNEL HOSTS
$(foreach name,$(plain),$(eval override $(name) := $$(call given,$(name))))
$(foreach name,$(paths),$(eval override $(name) := $$(call path,$(name))))
override FROM := $(or $(call path,FROM,labs),labs)
override BUILD := $(or $(call path,BUILD,build),build)
override SUDO := $(call given,SUDO,sudo)
# The processor of a virtual machine has not all that this one may have: -march=native and the like are left out.
override CFLAGS := $(filter-out $(if $(VM),-m%),$(call given,CFLAGS,-O2 -g))
# A program for another architecture brings its C library along.
override CC := $(call given,CC,$(if $(ARCH),$(ARCH)-linux-gnu-gcc -static,cc))
# A word of the first edition: one sentence with today's.
old_word = $(if $(filter command,$(origin $1)),$(error $1= is called $2 today. Type $3))
$(call old_word,IN,VM=1 or SUBMISSIONS=,$(if $(filter vm,$(value IN)),VM=1,make grade SUBMISSIONS=FOLDER GRADES=FOLDER))
$(call old_word,OUT,GRADES=,make grade SUBMISSIONS=FOLDER GRADES=FOLDER)
ifneq ($(filter-out 1,$(VM)),)
$(error VM=$(VM) is not known. Type VM=1 for the virtual machine, or leave VM away)
endif
ifneq ($(filter-out x86_64 aarch64,$(ARCH)),)
$(error ARCH=$(ARCH) is not known here. Type ARCH=aarch64 or ARCH=x86_64)
endif
export FROM BUILD CC CFLAGS SUDO $(plain) $(paths)

unexport BASH_ENV ENV SHELLOPTS BASHOPTS BASH_COMPAT POSIXLY_CORRECT CDPATH GLOBIGNORE EXECIGNORE TMOUT \
	GREP_OPTIONS TAR_OPTIONS PS_FORMAT DEPENDENCIES_OUTPUT LANGUAGE COLUMNS LINES
override export LC_ALL := C.UTF-8
ifeq ($(TERM),dumb)
export NO_COLOR := 1
endif
empty :=
ifeq ($(wildcard $(subst $(empty) ,\ ,$(value TMPDIR))/.),)
unexport TMPDIR
endif

# --- where things go, and what they are called ------------------------------------------------
# build/labs and build/solutions; what is made of another tree, or in a virtual machine, has a folder
# that nothing else has.
up = $(subst ..,.^.,$(subst ^,^^,$1))
tree := $(if $(filter-out labs solutions,$(FROM))$(word 2,$(FROM)),trees/$(if $(filter /%,$(firstword $(FROM))),root,here/)$(call up,$(FROM)),$(FROM))
vm := $(if $(VM),vm-$(subst /,_-,$(subst _,__,$(CGROUP)-$(CPUS)-$(KERNEL)-$(ARCH)-$(VMUSER)))/)
override export out := $(BUILD)/$(vm)$(tree)
override export WITNESS := $(BUILD)/$(if $(ARCH),$(ARCH)/)witness
make := $(MAKE)# by this name a recipe does not run with make -n

# A lab is a check file tests/NN-name.bats; its program is TREE/NN-name/name.c.
labs := $(basename $(notdir $(wildcard tests/[0-9]*-*.bats)))
number = $(patsubst 0%,%,$(firstword $(subst -, ,$1)))
numbers := $(foreach lab,$(labs),$(call number,$(lab)))
lab = $(filter $1-% 0$1-%,$(labs))
name = $(subst $(firstword $(subst -, ,$1))-,,$1)
program = $$out/$1/$(call name,$1)

# A handout brings starters, and no file of a student's: unpacked again it overwrites none.
starters := $(foreach lab,$(basename $(notdir $(wildcard tests/starters/*.c))),labs/$(lab)/$(call name,$(lab)).c)

.PHONY: map help labs check share root race points clean programs place witness need-cc need-bats need-ps

map: ## the labs, how far you are, what to type next
	@bash scripts/student/map "$$out" $(labs) $(to_head)
help: ## this list
	@bash scripts/student/help Makefile $(wildcard $(rooms:%=scripts/%/verbs.mk)) $(to_head)
to_head = || { status=$$?; [ $$status = 141 ] || exit $$status; } # make | head

# --- one lab: make lab3 --------------------------------------------------------------------
verbs := lab run check record look hint watch reset break answers
one := $(foreach verb,$(verbs),$(addprefix $(verb),$(numbers)))
.PHONY: $(one)
.SECONDEXPANSION:
map labs check $(one): | $(starters)
$(starters):
	@bash scripts/student/place --starter '$@'

$(addprefix lab,$(numbers)): lab%: verdicts-$$(call lab,%) ## build, run and check your lab N
	@bash scripts/student/verdicts --output "$$out" $(call lab,$*)
$(addprefix run,$(numbers)): run%: program-$$(call lab,%) | witness ## run the program of lab N with ARGS
	@eval "set -- $$ARGS" && bash scripts/student/run "$(call program,$(call lab,$*))" "$$@"
$(addprefix check,$(numbers)): check%: verdicts-$$(call lab,%) ## only the verdicts of lab N
	@bash scripts/student/verdicts "$$out" $(call lab,$*)
$(addprefix record,$(numbers)): record%: record-$$(call lab,%) ## what the witness saw of lab N
	@cat "$$out/$(call lab,$*)/record"
$(addprefix look,$(numbers)): look%: ## a drawing of the last run of lab N; ARGS names another run
	@bash scripts/student/look "$$out" $(call lab,$*) "$$ARGS"
$(addprefix hint,$(numbers)): hint%: | place ## one more hint for lab N, fitting what was seen
	@bash scripts/student/hint "$$out" $(call lab,$*) $(keep_owner)
$(addprefix watch,$(numbers)): watch%: | need-cc ## check lab N again each time you save it
	@bash scripts/student/watch $(call lab,$*) $(make)
$(addprefix reset,$(numbers)): reset%: ## the starter of lab N again; your file is kept
	@bash scripts/student/reset $(call lab,$*)
$(addprefix break,$(numbers)): break%: | place need-cc ## five containers with a mistake each: break out of them
	@bash scripts/student/break "$$BUILD" $(call lab,$*) $(keep_owner)
$(addprefix answers,$(numbers)): answers%: ## answers to its questions, once all checks pass
	@bash scripts/student/answers "$$out" $(call lab,$*)

# With -j the lines of two labs are not mixed. Whatever may ask or watch writes at once.
ifeq ($(filter-out labs check $(foreach verb,lab check record,$(numbers:%=$(verb)%)),$(MAKECMDGOALS)),)
MAKEFLAGS += --output-sync
endif

# --- all labs, in order -----------------------------------------------------------------------
labs: $(labs:%=verdicts-%) ## build, run and check all labs
	@bash scripts/student/verdicts --output "$$out" $(labs)
check: $(labs:%=verdicts-%) ## only the verdicts of all labs
	@bash scripts/student/verdicts "$$out" $(labs)

share: ## how far you are, for the room: GRADES=FOLDER NAME=YOURS
	@bash scripts/student/share "$$out" "$$GRADES" "$$NAME" $(labs)

# --- what is made: program, record, verdicts; each time anew, of the file that lies there now ---
.PHONY: in-vm $(foreach what,program record verdicts,$(labs:%=$(what)-%))
keep_owner = && { [ $$EUID != 0 ] || [ -O . ] || bash scripts/student/place --give; }

$(labs:%=program-%): program-%: | place need-cc
	@bash scripts/student/compile "$(call program,$*)" "$$FROM/$*/$(call name,$*).c" $(keep_owner)
ifneq ($(VM),)
# One machine is started for all labs that were asked for: all, if no number was named.
asked := $(foreach verb,$(verbs),$(patsubst $(verb)%,%,$(filter $(verb)%,$(MAKECMDGOALS))))
$(foreach what,record verdicts,$(labs:%=$(what)-%)): in-vm
in-vm: witness | need-vm
	@bash scripts/student/record --judge "$$out" $(or $(foreach n,$(filter $(numbers),$(asked)),$(call lab,$n)),$(labs)) $(keep_owner)
else
$(labs:%=record-%): record-%: witness
	@bash scripts/student/record "$$out" $* $(keep_owner)
$(labs:%=verdicts-%): verdicts-%: witness
	@bash scripts/student/record --judge "$$out" $* $(keep_owner)
endif
programs: $(labs:%=program-%) ## build all programs, and run none
witness: | place need-cc
	@CFLAGS='-O2 -g' bash scripts/student/compile --once "$$WITNESS" tests/witness/*.c $(keep_owner)
%/witness: witness ;
place:
	@bash scripts/student/place

root: place ## a small root for a container: busybox
	@bash scripts/student/root "$$BUILD/root" $(keep_owner)
race: place | need-cc ## how fast containers start, yours and others; ROUNDS=N
	@bash scripts/student/race "$$BUILD" $(keep_owner)
points: ## how many points each check and each lab is worth
	@bash scripts/student/points
clean: ## delete everything that was built
	@bash scripts/student/place --remove
cross := $(if $(ARCH),$(filter $(ARCH)-linux-gnu-gcc,$(firstword $(CC))))
need-cc need-bats need-ps: need-%:
	@bash scripts/machine/need $* $(if $(filter cc,$*),$(cross)) || exit 70

# --- the verbs of the other rooms: a handout has those of scripts/machine only ---------------------
rooms := machine instructor presenter suite
include $(wildcard $(rooms:%=scripts/%/verbs.mk))

.DEFAULT:
	@bash scripts/student/no-verb '$(subst ','\'',$@)' '$(subst ','\'',$(MAKECMDGOALS))' $(numbers)
