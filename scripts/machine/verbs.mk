# This machine, and a virtual one.
#
#   VM=1        any verb: in a small virtual machine, which needs no root here;
#               with CGROUP=v1|hybrid|v2 CPUS=N KERNEL=VERSION ARCH=aarch64
#               VMUSER=root|plain|login

.PHONY: doctor vm need-vm

doctor: witness ## what runs here, and what would make the rest run
	@bash scripts/machine/doctor
vm: | need-vm ## a shell in the virtual machine, in this folder
	@bash scripts/machine/in-vm
need-vm:
	@bash scripts/machine/need qemu busybox-static cpio kmod $(if $(ARCH),qemu-system-$(ARCH) $(ARCH)-linux-gnu-gcc) || exit 70
