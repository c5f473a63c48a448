// Drawings from text: drawings/NAME.txt -> SVG, to be put into the HTML of a slide, whose style it
// takes (theme.css). A line of a drawing is one of
//
//   size W H
//   box X Y W H CLASS "LABEL"            a frame, with its label at the top left
//   cell X Y W H CLASS "LINE"...         a filled box with centred lines, the first one bold
//   line X1 Y1 X2 Y2 CLASS               arrow: the same, with a head at its end
//   text X Y CLASS "WORDS"               class mid: centred at X, end: ends at X
//
// All units are pixels of a slide (1280 x 720). "#" begins a comment; the first
// line is one, and says in words what the drawing shows.

import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { strips } from './strip.mjs'
import { translateDrawing } from './words.mjs'

const folder = join(dirname(fileURLToPath(import.meta.url)), '../drawings')
const lineHeight = 34
const escape = (text) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')

// Numbers, words, "quoted words" -> [[number...], class, [quoted...]]
function split(line) {
  const quoted = [...line.matchAll(/"([^"]*)"/g)].map((match) => escape(match[1]))
  const words = line.replace(/"[^"]*"/g, '').split(' ').filter(Boolean).slice(1)
  const isNumber = (word) => /^-?\d+$/.test(word)
  return [words.filter(isNumber).map(Number), words.filter((word) => !isNumber(word)).join(' '), quoted]
}

const rect = (x, y, w, h) => `<rect x="${x}" y="${y}" width="${w}" height="${h}" rx="10"/>`

const shapes = {
  box: ([x, y, w, h], name, [label = '']) =>
    `<g class="box ${name}">${rect(x, y, w, h)}<text x="${x + 18}" y="${y + 36}">${label}</text></g>`,
  cell: ([x, y, w, h], name, lines) => {
    const top = y + h / 2 + 9 - ((lines.length - 1) * lineHeight) / 2
    const texts = lines.map((words, i) => `<text x="${x + w / 2}" y="${top + i * lineHeight}"${i ? '' : ' class="first"'}>${words}</text>`)
    return `<g class="cell ${name}">${rect(x, y, w, h)}${texts.join('')}</g>`
  },
  line: ([x1, y1, x2, y2], name) => `<path class="line ${name}" d="M${x1} ${y1}L${x2} ${y2}"/>`,
  arrow: ([x1, y1, x2, y2], name) => {
    const angle = Math.atan2(y2 - y1, x2 - x1)
    const head = [2.6, -2.6].map((turn) => `${(x2 + 18 * Math.cos(angle + turn)).toFixed(1)} ${(y2 + 18 * Math.sin(angle + turn)).toFixed(1)}`)
    return `${shapes.line([x1, y1, x2, y2], name)}<path class="line ${name} head" d="M${head[0]}L${x2} ${y2}L${head[1]}"/>`
  },
  text: ([x, y], name, [words]) => `<text class="${name}" x="${x}" y="${y}">${words}</text>`,
}

export function drawText(text, name) {
  let size = [0, 0]
  const parts = text.split('\n').flatMap((line, index) => {
    const kind = line.split(' ')[0]
    if (!line.trim() || line.startsWith('#')) return []
    if (kind === 'size') { size = split(line)[0]; return [] }
    if (!shapes[kind]) throw new Error(`${name}:${index + 1}: there is no shape '${kind}'`)
    return [shapes[kind](...split(line))]
  })
  return `<svg class="drawing" viewBox="0 0 ${size[0]} ${size[1]}" width="${size[0]}" height="${size[1]}" role="img" aria-label="${text.match(/^# (.*)/)?.[1] ?? name}">\n${parts.join('\n')}\n</svg>\n`
}

// The lines "KEY=VALUE" stand as {KEY} in the drawing.
export function draw(name, lines) {
  if (strips[name]) return drawText(strips[name](lines), name)
  const values = Object.fromEntries(lines.map((line) => line.split('=')))
  const text = translateDrawing(readFileSync(join(folder, `${name}.txt`), 'utf8')).replace(/\{(\w+)\}/g, (_, key) => {
    if (!(key in values)) throw new Error(`drawings/${name}.txt: no value for {${key}}`)
    return values[key]
  })
  return drawText(text, `drawings/${name}.txt`)
}
