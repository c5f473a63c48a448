// Runs inside the page (check.mjs): what is wrong with the slide that is shown. It has to be one
// function without anything from outside.

export function findFaults(number) {
  const section = document.querySelector(`section[id="${number}"]`)
  const slide = section.getBoundingClientRect()
  const scale = slide.width / section.offsetWidth
  const faults = new Set()
  const name = (text) => `'${text.trim().replace(/\s+/g, ' ').slice(0, 40)}'`
  const inside = (inner, outer, slack) => inner.left >= outer.left - slack && inner.top >= outer.top - slack &&
    inner.right <= outer.right + slack && inner.bottom <= outer.bottom + slack

  // --- the texts, with the lines that they take up
  const texts = []
  const walker = document.createTreeWalker(section, NodeFilter.SHOW_TEXT)
  while (walker.nextNode()) {
    const node = walker.currentNode
    if (!node.data.trim() || node.parentElement.closest('script, style')) continue
    const range = document.createRange()
    range.selectNodeContents(node)
    texts.push({ node, element: node.parentElement, rects: [...range.getClientRects()].filter(({ width }) => width > 0) })
  }

  // --- overflow: off the slide, over the edge of its box, or over another text
  const outside = texts.filter(({ rects }) => rects.some((rect) => !inside(rect, slide, 0)))
  if (outside.length) faults.add(`overflow: ${outside.length} texts go over the edge of the slide, the first is ${name(outside[0].node.data)}`)
  for (const { node, element, rects } of texts.filter((text) => !outside.includes(text))) {
    const group = element.closest('g.box, g.cell')?.querySelector('rect') ?? element.closest('pre, svg.drawing, td, .type')
    if (group && rects.some((rect) => !inside(rect, group.getBoundingClientRect(), 2)))
      faults.add(`overflow: ${name(node.data)} goes over the edge of its box`)
  }
  for (const element of section.querySelectorAll('pre, table, img, svg, p, ul, .type'))
    if (!inside(element.getBoundingClientRect(), slide, 0)) faults.add(`overflow: <${element.localName}> goes over the edge of the slide`)
  if (section.scrollHeight > section.clientHeight + 1 || section.scrollWidth > section.clientWidth + 1)
    faults.add('overflow: there is more than the slide can hold')
  const lines = texts.flatMap(({ node, rects }) => rects.map((rect) => ({ node, rect })))
  lines.forEach((a, i) => lines.slice(i + 1).forEach((b) => {
    const wide = Math.min(a.rect.right, b.rect.right) - Math.max(a.rect.left, b.rect.left)
    const high = Math.min(a.rect.bottom, b.rect.bottom) - Math.max(a.rect.top, b.rect.top)
    if (a.node !== b.node && wide > 2 && high > 8 * scale) faults.add(`overflow: ${name(a.node.data)} and ${name(b.node.data)} lie on each other`)
  }))

  // --- characters that no font has: they are drawn like one that nobody has
  const canvas = new OffscreenCanvas(60, 60).getContext('2d', { willReadFrequently: true })
  const drawn = new Map()
  const draw = (character, { fontWeight, fontFamily }) => {
    const font = `${fontWeight} 40px ${fontFamily}`
    const key = font + character
    if (!drawn.has(key)) {
      canvas.clearRect(0, 0, 60, 60)
      canvas.font = font
      canvas.fillText(character, 5, 45)
      drawn.set(key, canvas.getImageData(0, 0, 60, 60).data.join())
    }
    return drawn.get(key)
  }
  for (const { node, element } of texts) {
    const style = getComputedStyle(element)
    const lost = [...new Set(node.data.match(/[^\x00-\x7f\s]/gu))].filter((character) => draw(character, style) === draw('\u0378', style))
    if (lost.length) faults.add(`missing font: no font has ${lost.join(' ')}`)
  }

  // --- missing pictures
  for (const image of section.querySelectorAll('img'))
    if (!image.complete || !image.naturalWidth) faults.add(`missing picture: ${image.getAttribute('src')?.slice(0, 80)}`)
  for (const drawing of section.querySelectorAll('svg.drawing'))
    if (!drawing.querySelector('rect, path, text')) faults.add(`missing picture: ${drawing.getAttribute('aria-label')} is empty`)

  // --- contrast, as WCAG 2 defines it
  const parse = (color) => {
    const [r, g, b, alpha = 1] = color.match(/[\d.]+/g)?.map(Number) ?? [0, 0, 0, 0]
    return { rgb: [r, g, b], alpha }
  }
  const over = (top, rgb) => top.rgb.map((value, i) => value * top.alpha + rgb[i] * (1 - top.alpha))
  const luminance = (rgb) => rgb.map((value) => value / 255)
    .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4))
    .reduce((sum, value, i) => sum + value * [0.2126, 0.7152, 0.0722][i], 0)
  const paint = (element) => {
    const style = getComputedStyle(element)
    if (element instanceof SVGGeometryElement) return parse(style.fill)
    return element instanceof SVGElement ? { rgb: [0, 0, 0], alpha: 0 } : parse(style.backgroundColor)
  }
  const behind = (element, rect) => {
    const stack = document.elementsFromPoint(rect.left + rect.width / 2, rect.top + rect.height / 2)
      .filter((other) => other !== element || !(element instanceof SVGElement))
    return stack.reverse().reduce((rgb, other) => over(paint(other), rgb), [255, 255, 255])
  }
  for (const { node, element, rects } of texts.filter((text) => !outside.includes(text))) {
    const style = getComputedStyle(element)
    const color = parse(element instanceof SVGElement ? style.fill : style.color)
    const size = parseFloat(style.fontSize)
    const least = size >= 24 || (size >= 18.66 && style.fontWeight >= 700) ? 3 : 4.5
    for (const rect of rects) {
      const background = behind(element, rect)
      const [high, low] = [luminance(over(color, background)), luminance(background)].sort((a, b) => b - a)
      const ratio = (high + 0.05) / (low + 0.05)
      if (ratio < least) faults.add(`contrast: ${name(node.data)} has ${ratio.toFixed(2)}:1, WCAG AA wants ${least}:1`)
    }
  }
  return [...faults]
}
