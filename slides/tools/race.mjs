// usage: node race.mjs FOLDER-OF-THE-RACE FOLDER
//
// Writes race-light.svg and race-dark.svg, for the README, and drawings/race.txt, for the deck, of what make race has
// measured: a bar for each, its median, in two classes.

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const colors = {
  light: { paper: '#f6f8fa', ink: '#1b2130', muted: '#555e6e', bar: '#c9cfd8', ours: '#1a4fc4' },
  dark: { paper: '#161b22', ink: '#eceff4', muted: '#a9b3c2', bar: '#3b4454', ours: '#8db8ff' },
}

const [race, folder] = process.argv.slice(2)
const read = (name) => readFileSync(join(race, name), 'utf8').trim().split('\n').map((line) => line.split('\t'))
  .map(([who, median]) => ({ who, ms: median / 1000 }))
const classes = [['without a group', read('without')], ['in a group, with limits', read('within')]]
const most = Math.max(...classes.flatMap(([, runners]) => runners.map(({ ms }) => ms)))

function picture({ paper, ink, muted, bar, ours }) {
  let y = 30
  const rows = classes.flatMap(([title, runners]) => {
    const head = `<text x="20" y="${(y += 26)}" class="muted">${title}</text>`
    return [head, ...runners.map(({ who, ms }) => {
      y += 26
      return `<text x="20" y="${y}">${who}</text>` +
        `<rect x="280" y="${y - 14}" width="${(ms / most * 420).toFixed(1)}" height="18" class="${who === 'container-run' ? 'ours' : 'bar'}"/>` +
        `<text x="${(ms / most * 420 + 290).toFixed(1)}" y="${y}">${ms.toFixed(1)} ms</text>`
    })]
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 ${y + 24}" width="800" height="${y + 24}" role="img">
<title>make race: how long true takes in a new container</title>
<style>
  text { font: 14px ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace; fill: ${ink} }
  .muted { fill: ${muted} } .bar { fill: ${bar} } .ours { fill: ${ours} }
</style>
<rect width="800" height="${y + 24}" rx="10" fill="${paper}"/>
<text x="20" y="30">true in a new container: median of its time, from start to end</text>
${rows.join('\n')}
</svg>
`
}

for (const [scheme, palette] of Object.entries(colors)) writeFileSync(join(folder, `race-${scheme}.svg`), picture(palette))

// The same in the words of draw.mjs.
function drawing() {
  let y = -8
  const rows = classes.flatMap(([title, runners]) => [`text 0 ${(y += 48)} bold "${title}"`, ...runners.map(({ who, ms }) => {
    y += 48
    const length = Math.round(ms / most * 560)
    return `text 30 ${y} ${who === 'container-run' ? 'bold' : 'plain'} "${who}"\n` +
      `cell 460 ${y - 27} ${length} 36 ${who === 'container-run' ? 'strong' : 'mid1'}\n` +
      `text ${476 + length} ${y} plain "${ms.toFixed(1)}"`
  })])
  return `# How long true takes in a new container: medians, in milliseconds\nsize 1136 ${y + 10}\n${rows.join('\n')}\n`
}

writeFileSync(join(folder, 'drawings/race.txt'), drawing())
