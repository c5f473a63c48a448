// usage: node picture.mjs FOLDER
//
// Writes picture-light.svg and picture-dark.svg, for the README: what setns-join prints on this
// machine, and beside it where its processes are, with the numbers of this very run.

import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const order = ['clone()', 'first:', 'setns()', 'fork()', 'second:'] // as it happens; lines may overtake

const colors = {
  light: { paper: '#f6f8fa', ink: '#1b2130', muted: '#555e6e', accent: '#1a4fc4', room: '#dfe9ff', rule: '#c9cfd8' },
  dark: { paper: '#161b22', ink: '#eceff4', muted: '#a9b3c2', accent: '#8db8ff', room: '#1b2f56', rule: '#3b4454' },
}

function run() {
  const { status, stdout } = spawnSync(join(here, '../../scripts/machine/privilege'), ['--or-namespace', 'setns-join'],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
  if (status !== 0) {
    console.error('slides: setns-join could not run here, so there is no picture of it. Type make doctor: it says why.')
    process.exit(1)
  }
  const lines = stdout.trim().split('\n')
  const number = (word) => lines.find((line) => line.includes(word)).match(/\d+/)[0]
  return {
    lines: order.map((word) => lines.find((line) => line.includes(word))),
    parent: number('setns()'), first: number('clone()'), second: number('fork()'),
  }
}

const style = ({ ink, muted, accent, room, rule, paper }) => `<style>
  text { font: 15px ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace; fill: ${ink} }
  .muted { fill: ${muted} } .accent { fill: ${accent}; font-weight: bold }
  .paper { fill: ${paper} } .room { fill: ${room}; stroke: ${accent} } .cell { fill: ${paper}; stroke: ${rule} }
  path { fill: none; stroke: ${muted}; stroke-width: 2 }
</style>`

const text = (x, y, words, name = '') => `<text x="${x}" y="${y}"${name && ` class="${name}"`}>${words}</text>`
const cell = (x, y, name, words) => `<rect x="${x}" y="${y}" width="110" height="36" rx="6" class="${name}"/>${text(x + 14, y + 23, words)}`
const bold = (line) => line.replace(/my PID is [12]$/, '<tspan class="accent">$&</tspan>')

function picture({ lines, parent, first, second }, scheme) {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 860 260" width="860" height="260" role="img">
<title>make demo3: a process joins a PID namespace and is PID 2 in it</title>
${style(colors[scheme])}
<rect width="860" height="260" rx="10" class="paper"/>
${text(24, 42, '<tspan class="muted">$</tspan> make demo3')}
${lines.map((line, i) => text(24, 76 + i * 28, bold(line))).join('\n')}
${text(24, 236, 'One process, two numbers: who is asking?', 'muted')}
<path d="M430 24V236"/>
${text(460, 42, 'outside', 'muted')}
<rect x="640" y="58" width="196" height="178" rx="8" class="room"/>
${text(658, 84, 'the namespace', 'accent')}
${cell(460, 58, 'cell', parent)}
${cell(460, 120, 'cell', first)}
${cell(460, 176, 'cell', second)}
${cell(684, 120, 'cell', 'PID 1')}
${cell(684, 176, 'cell', 'PID 2')}
<path d="M570 138H684M570 194H684"/>
</svg>
`
}

const result = run()
for (const scheme of Object.keys(colors)) {
  const file = join(process.argv[2], `picture-${scheme}.svg`)
  writeFileSync(file, picture(result, scheme))
  console.log(file)
}
