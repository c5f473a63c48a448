// Strips: what a process had over time, from a real run. The result is a drawing, see draw.mjs.
//   strip     on which CPU a busy process was. The lines are those of busy-loop, "S.SSS s: CPU N" and at the end
//             "CPU N: S.SSS s", and between them "pin S.SSS CPU" and "free S.SSS".
//   strip15   how much memory a group had. The lines are those of cgroup-memory-limit, and "at S.SSS BYTES" for each change.
//   strip16   how much CPU time a group had. The lines are "at S.SSS MICROSECONDS COUNT" for each change; COUNT: how often
//             it has waited for its quota.

import { t } from './words.mjs'

const left = 130
const width = 970
const rowHeight = 130
const top = 86

function parse(lines) {
  const moves = [], marks = []
  let end = 0
  for (const line of lines) {
    const move = line.match(/^([\d.]+) s: CPU (\d+)$/)
    const mark = line.match(/^(pin|free|end) ([\d.]+) ?(\d*)$/)
    if (move) moves.push({ at: Number(move[1]), cpu: Number(move[2]) })
    if (mark?.[1] === 'end') end = Number(mark[2])
    else if (mark) marks.push({ kind: mark[1], at: Number(mark[2]), cpu: mark[3] })
  }
  if (!moves.length || !end) throw new Error(`the strip has no data:\n${lines.join('\n')}`)
  return { moves, marks, end }
}

// Each thing lasts until the next one of its list begins.
const spans = (list, end) => list.map((item, i) => ({ ...item, until: list[i + 1]?.at ?? end }))

// A narrow span has no room for words.
const label = (span, words) => (span > 24 + 14 * words.length ? `"${words}"` : '""')

function strip(lines) {
  const { moves, marks, end } = parse(lines)
  const cpus = [...new Set(moves.map(({ cpu }) => cpu))].sort((a, b) => a - b)
  const x = (seconds) => Math.round(left + (width * seconds) / end)
  const bottom = top + cpus.length * rowHeight
  const out = [`# ${t('On which CPU the loop was, second by second')}`, `size 1136 ${bottom + 60}`]
  const y = (row) => top + row * rowHeight
  for (const { kind, at, until, cpu } of spans([{ kind: 'free', at: 0 }, ...marks], end)) {
    const from = x(at) + 2, span = x(until) - x(at) - 4
    if (span <= 0) continue
    const pinned = kind === 'pin'
    out.push(`cell ${from} 0 ${span} 62 ${pinned ? 'cg' : 'plain'} ${label(span, pinned ? `${t('only CPU')} ${cpu}` : t('free'))}`)
    cpus.forEach((other, row) => {
      if (!pinned) out.push(`cell ${from} ${y(row)} ${span} ${rowHeight - 8} free`)
      else if (other === Number(cpu)) out.push(`cell ${from} ${y(row)} ${span} ${rowHeight - 8} allowed`)
    })
  }
  cpus.forEach((cpu, row) => {
    out.push(`text 0 ${y(row) + rowHeight / 2 + 5} bold "CPU ${cpu}"`)
    for (const span of spans(moves, end).filter((move) => move.cpu === cpu))
      out.push(`cell ${x(span.at)} ${y(row) + 22} ${Math.max(x(span.until) - x(span.at), 3)} ${rowHeight - 52} on`)
  })
  for (let second = 0; second <= end; second++) out.push(`text ${x(second)} ${bottom + 36} mid muted "${second} s"`)
  return out.join('\n')
}

// --- strips of a group: how much of something it had, over time -----------------------------------------

function need(found, what, lines) {
  if (!found) throw new Error(`the strip has no ${what}:\n${lines.join('\n')}`)
  return found
}

const find = (lines, pattern) => need(lines.map((line) => line.match(pattern)).find(Boolean), pattern, lines)[1]

// From the moment at which the group has something.
function samples(lines) {
  const all = lines.map((line) => line.match(/^at ([\d.]+) (\d+) ?(\d*)$/)).filter(Boolean)
    .map((words) => ({ at: Number(words[1]), value: Number(words[2]), count: Number(words[3]) }))
  const list = all.slice(need(all.findIndex(({ value }) => value) + 1, 'data', lines) - 1)
  return list.map((one) => ({ ...one, at: one.at - list[0].at }))
}

// head: what stands above, and since when; most: the value that is as high as the picture, in words name.
function columns(title, list, head, most, name, room) {
  const height = 280, bottom = top + height, end = list.at(-1).at * 1.15
  const x = (seconds) => Math.round(left + (width * seconds) / end)
  const tall = (value) => Math.round((height * value) / most)
  const step = [1, 2, 5, 10, 20, 50, 100, 200, 500].find((one) => end * 1000 / one <= 10) ?? 1000
  const out = [`# ${title}`, `size 1136 ${bottom + 60}`, `text 0 ${top + 20} bold "${name}"`, `text 0 ${bottom} bold "0"`,
    `cell ${left} ${top} ${width} ${height} ${room}`]
  for (const { at, until, words } of spans(head, end))
    out.push(`cell ${x(at) + 2} 0 ${Math.max(x(until) - x(at) - 4, 1)} 62 cg ${label(x(until) - x(at), words)}`)
  for (const { at, until, value } of spans(list, end).filter((one) => tall(one.value)))
    out.push(`cell ${x(at)} ${bottom - tall(value)} ${Math.max(x(until) - x(at), 1)} ${tall(value)} column`)
  for (let ms = 0; ms <= end * 1000; ms += step) out.push(`text ${x(ms / 1000)} ${bottom + 36} mid muted "${ms} ms"`)
  return out.join('\n')
}

function memoryStrip(lines) {
  const max = find(lines, /^memory\.max: (\d+)$/), name = `${max / 2 ** 20} MiB`
  return columns(t('How much memory the group had, until the kernel ended the child'),
    samples(lines), [{ at: 0, words: `memory.max: ${name}` }], max, name, 'allowed')
}

function quotaStrip(lines) {
  const list = samples(lines), used = list.at(-1).value
  const head = list.filter(({ count }, i) => count !== list[i - 1]?.count).map(({ at, count }) => ({ at, words: String(count) }))
  return columns(t('How much CPU time the group had, and how often it had to wait'),
    list, head, used, `${Math.round(used / 1000)} ms`, 'free')
}

export const strips = { strip, strip15: memoryStrip, strip16: quotaStrip }
