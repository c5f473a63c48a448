# Every verb of the labs. 'make' shows the map, 'make help' the verbs.
#
#   FROM=TREE    the tree that is built, run and checked     (labs)
#   BUILD=DIR    where everything that is made goes          (build)
#   ARGS=...     arguments of the program, for run
#   CC, CFLAGS   the compiler and its flags
#   SUDO=        how to become root; empty: do not try       (sudo)
#   YES=1        install what is missing without asking
#   IN=vm        run it in a small virtual machine; with CGROUP=v1|hybrid|v2 CPUS=N KERNEL=VERSION
#                ARCH=aarch64 VMUSER=root|plain: another kernel, and no root needed on this one

FROM ?= labs
BUILD ?= build
ARGS ?=
CFLAGS ?= -O2 -g
SUDO ?= sudo
warnings := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes

ifeq ($(wildcard /bin/bash /usr/bin/bash /usr/local/bin/bash),)
$(error bash is missing, and the scripts of the labs need it. Type as root: apk add bash)
endif
# A program for another architecture brings its C library along.
ifneq ($(ARCH),)
CC := $(ARCH)-linux-gnu-gcc -static
endif
# The processor of a virtual machine has not all that this one may have: -march=native and the like are left out.
ifeq ($(IN),vm)
override CFLAGS := $(filter-out -m%,$(CFLAGS))
endif
SHELL := bash
MAKEFLAGS += --no-builtin-rules --no-print-directory
export BUILD FROM CC CFLAGS ARGS SUDO YES ALL IN CGROUP CPUS KERNEL ARCH VMUSER APPEND INSIDE

# make cannot have blanks in the names of its targets: a tree with some in its path is reached by a
# link without.
empty :=
blank := $(empty) $(empty)
ifneq ($(words $(BUILD)),1)
$(error BUILD='$(BUILD)' has blanks in it, and make cannot build there. Choose another folder)
endif
tree := $(FROM)
ifneq ($(words $(FROM)),1)
tree := $(BUILD)/trees/$(subst $(blank),_,$(subst ..,_,$(FROM)))
$(shell mkdir -p '$(dir $(tree))' && ln -sfn "$$(realpath '$(FROM)')" '$(tree)')
endif
made := $(BUILD)$(if $(filter vm,$(IN)),/$(IN)-$(subst /,_,$(CGROUP)-$(CPUS)-$(KERNEL)-$(ARCH)-$(VMUSER)))
out := $(made)/$(subst ..,_,$(subst $(blank),_,$(FROM)))

# A lab is a check file tests/NN-name.bats; its program is TREE/NN-name/name.c.
labs := $(basename $(notdir $(wildcard tests/[0-9]*-*.bats)))
number = $(patsubst 0%,%,$(firstword $(subst -, ,$1)))
numbers := $(foreach lab,$(labs),$(call number,$(lab)))
lab = $(filter $1-% 0$1-%,$(labs))
name = $(subst $(firstword $(subst -, ,$1))-,,$1)
program = $(out)/$1/$(call name,$1)
verdicts = $(out)/$1/verdicts.tap

.PHONY: map help labs check points clean doctor again programs vm need-cc need-bats need-ps need-vm

map: ## the labs, how far you are, what to type next
	@scripts/map $(labs) && $(keep_owner)
help: ## this list
	@scripts/help $(MAKEFILE_LIST)

# --- one lab: make lab3 --------------------------------------------------------------------
verbs := lab run check record hint watch reset
one := $(foreach verb,$(verbs),$(addprefix $(verb),$(numbers)))
.PHONY: $(one)
.SECONDEXPANSION:

$(addprefix lab,$(numbers)): lab%: $$(call verdicts,$$(call lab,%)) ## build, run and check your lab N
	@scripts/verdicts --output '$(out)' $(call lab,$*)
$(addprefix run,$(numbers)): run%: $$(call program,$$(call lab,%)) ## run the program of lab N with ARGS
	@scripts/run '$(out)/$(call lab,$*)/$(call name,$(call lab,$*))' $(ARGS)
$(addprefix check,$(numbers)): check%: $$(call verdicts,$$(call lab,%)) ## only the verdicts of lab N
	@scripts/verdicts '$(out)' $(call lab,$*)
$(addprefix record,$(numbers)): record%: $(out)/$$(call lab,%)/record ## what the kernel showed of lab N
	@cat '$(out)/$(call lab,$*)/record'
$(addprefix hint,$(numbers)): hint%: ## one more hint for lab N, fitting what was seen
	@scripts/hint '$(out)' $(call lab,$*) && $(keep_owner)
$(addprefix watch,$(numbers)): watch%: | need-cc need-bats ## check lab N again each time you save it; q quits
	@scripts/watch $(call lab,$*) $(MAKE)
$(addprefix reset,$(numbers)): reset%: ## the starter of lab N again; your file is kept
	@scripts/reset $(call lab,$*)

# --- all labs, in order -----------------------------------------------------------------------
labs: $(foreach lab,$(labs),$(call verdicts,$(lab))) ## build, run and check all labs
	@scripts/verdicts --output '$(out)' $(labs)
check: $(foreach lab,$(labs),$(call verdicts,$(lab))) ## only the verdicts of all labs
	@scripts/verdicts '$(out)' $(labs)

# --- what is made: program, record, verdicts --------------------------------------------------
programs := $(foreach lab,$(labs),$(call program,$(lab)))
witness := $(if $(ARCH),$(BUILD)/$(ARCH)/witness,$(BUILD)/witness)
# Root in somebody else's tree leaves nothing there that is root's.
keep_owner = { [ $$EUID != 0 ] || [ -O . ] || [ ! -d '$(BUILD)' ] || chown -R "$$(stat -c %u:%g .)" '$(BUILD)'; }

$(programs): $(out)/%: $(tree)/%.c | need-cc
	@mkdir -p '$(@D)' && trap "rm -f '$@.'$$$$" EXIT && $(CC) -std=gnu11 $(warnings) $(CFLAGS) -o '$@.'$$$$ '$<' && mv '$@.'$$$$ '$@' && $(keep_owner)
$(witness): $(wildcard tests/witness/*.[ch]) | need-cc
	@mkdir -p '$(@D)' && trap "rm -f '$@.'$$$$" EXIT && $(CC) -std=gnu11 $(warnings) -O2 -g -o '$@.'$$$$ $(filter %.c,$^) && mv '$@.'$$$$ '$@' && $(keep_owner)
records := $(foreach lab,$(labs),$(out)/$(lab)/record)
ifeq ($(IN),vm)
# One machine is started for all labs that were asked for: all, if no number was named.
asked := $(foreach verb,$(verbs),$(patsubst $(verb)%,%,$(filter $(verb)%,$(MAKECMDGOALS))))
asked := $(or $(foreach n,$(filter $(numbers),$(asked)),$(call lab,$n)),$(labs))
$(records) &: $(witness) again | need-vm
	@WITNESS='$(witness)' scripts/record '$(out)' $(asked) -- $(MAKE) && $(keep_owner)
else
$(records): $(out)/%/record: $(witness) again
	@WITNESS='$(witness)' scripts/record '$(out)' '$*' -- $(MAKE) && $(keep_owner)
endif
$(foreach lab,$(labs),$(call verdicts,$(lab))): $(out)/%/verdicts.tap: $(out)/%/record | need-bats
	@RECORD='$<' scripts/judge 'tests/$*.bats' '$@' && $(keep_owner)
programs: $(programs)
again:

# --- what needs the references: a handout has neither --------------------------------------------
include $(wildcard scripts/instructor.mk)

# --- points, and this machine ------------------------------------------------------------------
points: ## what each check and each lab counts
	@scripts/points
clean: ## remove all that was made
	@rm -rf '$(BUILD)'
doctor: $(BUILD)/doctor-probe ## what runs on this machine, how, and what would make the rest run
	@scripts/doctor '$<' $(labs)
$(BUILD)/doctor-probe: scripts/doctor-probe.c | need-cc
	@mkdir -p '$(@D)' && trap "rm -f '$@.'$$$$" EXIT && $(CC) -std=gnu11 $(warnings) -O2 -o '$@.'$$$$ '$<' && mv '$@.'$$$$ '$@' && $(keep_owner)
vm: | need-vm ## a shell in the virtual machine, in this folder
	@scripts/in-vm
need-cc need-bats need-ps: need-%:
	@scripts/need $*
need-vm:
	@scripts/need qemu busybox-static cpio kmod $(if $(ARCH),qemu-system-$(ARCH) $(ARCH)-linux-gnu-gcc)

.DEFAULT:
	@case '$@' in \
	*.c) echo 'There is no $@. A tree of labs has NN-name/name.c for each; is FROM=$(FROM) right?' ;; \
	*) echo "There is no verb '$@'. The labs are $(numbers); 'make help' lists the verbs." \
		$(if $(wildcard scripts/instructor.mk),,'This is a handout: the reference programs, and what needs them, are with your instructor.') ;; \
	esac >&2; exit 2
