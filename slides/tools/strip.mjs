// The strip: on which CPU a busy process was, over time, from a real run. Its lines are those of
// busy-loop, "S.SSS s: CPU N" and at the end "CPU N: S.SSS s", and between them "pin S.SSS CPU" and
// "free S.SSS". The result is a drawing, see draw.mjs.

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

export function strip(lines) {
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
