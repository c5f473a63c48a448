// A player for a recorded terminal session (asciicast), without network. Where there is no
// recording there is no player, and the slide shows what it has below it.

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const build = join(process.env.BUILD ?? 'build', 'slides')
const dist = join(build, 'node_modules/asciinema-player/dist/bundle')
let loaded = false

// As data, or Marp would take some of it for Markdown.
const data = (type, content) => `data:${type};base64,${Buffer.from(content).toString('base64')}`
const script = (content) => `<script src="${data('text/javascript', content)}"></script>`

function load() {
  if (loaded) return ''
  loaded = true
  return `<link rel="stylesheet" href="${data('text/css', readFileSync(join(dist, 'asciinema-player.css')))}">` +
    script(readFileSync(join(dist, 'asciinema-player.min.js')))
}

// The second at which a text is on the screen; it may come in pieces.
function timeOf(text, recording) {
  let seen = ''
  const events = recording.trim().split('\n').slice(1).map((line) => JSON.parse(line))
  return events.find(([, , data]) => (seen += data).includes(text))?.[0] ?? 0
}

export function player(name, text) {
  const file = join(build, 'casts', `${name}.cast`)
  if (!existsSync(file)) return ''
  const recording = readFileSync(file, 'utf8')
  const start = text ? timeOf(text, recording) : 0
  return `<div class="cast" id="cast-${name}"></div>${load()}${script(`
AsciinemaPlayer.create({ data: ${JSON.stringify(recording)} }, document.getElementById('cast-${name}'),
  { fit: 'both', startAt: ${start}, poster: 'npt:${start + 1}', terminalFontFamily: "'JetBrains Mono'" })`)}\n`
}
