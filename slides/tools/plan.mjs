// The plans of slides/README.md: a table with a column for each length. A cell is "MINUTE: PART, PART...";
// a part is a section of the deck (the header of its slides, up to " · "), "labs 1 to 4", "lab 1 hands on", "lab 23
// hands on for 90", "break of 10", or "spare", the last one. Each MINUTE has to be the sum of what is before it: the
// minutes in the notes, and for "hands on" those in solutions/*/README.md.

import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '../..')

function handsOn(lab) {
  const folder = readdirSync(join(root, 'solutions')).find((name) => Number(name.slice(0, 2)) === lab)
  const [, time, unit] = readFileSync(join(root, 'solutions', folder, 'README.md'), 'utf8').match(/^\*\*Time\*\*: (\d+) (minute|hour)/m)
  return time * (unit === 'hour' ? 60 : 1)
}

const expand = (part) => {
  const [, first, last] = part.match(/^labs (\d+) to (\d+)$/) ?? []
  return first ? Array.from({ length: last - first + 1 }, (_, i) => `lab ${Number(first) + i}`) : [part]
}

// sections: { NAME: minutes }. Returns NaN for a part that is not there.
function minutesOf(part, sections) {
  const [, pause] = part.match(/^break of (\d+)$/) ?? []
  const [, lab, so] = part.match(/^lab (\d+) hands on(?: for (\d+))?$/) ?? []
  if (pause) return Number(pause)
  return lab ? sections[`lab ${lab}`] + Number(so ?? handsOn(Number(lab))) : sections[part] ?? NaN
}

function checkPlan(length, cells, sections) {
  const faults = []
  let sum = 0
  for (const cell of cells) {
    const [, minute, what] = cell.match(/^(\d+): (.*)$/)
    if (Number(minute) !== Math.round(sum)) faults.push(`'${what}' begins at minute ${Math.round(sum)}, not ${minute}`)
    for (const part of what === 'spare' ? [] : what.split(', ').flatMap(expand)) {
      const minutes = minutesOf(part, sections)
      if (Number.isNaN(minutes)) faults.push(`the deck has no section '${part}'`)
      else sum += minutes
    }
  }
  if (length - sum < length / 10) faults.push(`${length - sum} minutes are spare; it should be a tenth, for what goes wrong`)
  return faults.map((fault) => `README.md: ${length} minutes: ${fault}`)
}

export function findPlanFaults(sections) {
  const rows = readFileSync(join(root, 'slides/README.md'), 'utf8').split('\n')
    .filter((line) => /^\| *(\d+(:| minutes)|\|)/.test(line)).map((line) => line.split('|').slice(1, -1).map((cell) => cell.trim()))
  return rows[0].flatMap((head, column) =>
    checkPlan(parseInt(head), rows.slice(1).map((row) => row[column]).filter(Boolean), sections))
}
