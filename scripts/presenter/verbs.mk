# For presenters: the references, live.
#
#   STEP=1      demo: in steps, on a terminal; Enter goes on, b back
#               (STEP=4: from step 4)
#   LANG=zh     slides: in Chinese, in BUILD/slides/zh
#   ADDRESS=A   slides: where people get this project

.PHONY: demo references slides slides-check cast picture $(addprefix demo,$(numbers))

demo: | references need-ps ## all reference programs on this kernel, in order
	@bash scripts/machine/need busybox-static || true # the root of lab 23; without it that one is not here
	@$(demo_in) bash scripts/presenter/demo $(labs) $(after_keys)
$(addprefix demo,$(numbers)): demo%: | references need-ps ## the reference of lab N on this kernel
	@$(demo_in) bash scripts/presenter/demo $(call lab,$*) $(after_keys)
slides: need-cc place ## the deck as HTML and PDF, in BUILD/slides
	@bash scripts/presenter/slides $${LANG:+--lang "$$LANG"} $(keep_owner)
slides-check: slides ## look for what does not fit or cannot be read
	@bash scripts/presenter/slides-check $${LANG:+"$$BUILD/slides/$$LANG/deck.html" "$$BUILD/slides/$$LANG/sheet.html"} $(keep_owner)
cast: | references need-ps ## record the demonstrations, a spare for the stage
	@bash scripts/presenter/cast $(labs) $(keep_owner)
picture: need-cc place ## the picture of the README, from a real run
	@bash scripts/presenter/slides --picture $(keep_owner)

# On the stage Ctrl-C is an end like any other: no error of make's.
after_keys = $(if $(STEP),|| [ $$? = 130 ])
demo_in = $(if $(VM),bash scripts/machine/in-vm env "BUILD=$$BUILD" "STEP=$$STEP")
references: witness
	@$(MAKE) FROM=solutions programs
