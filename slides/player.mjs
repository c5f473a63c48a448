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

export function player(name) {
  const file = join(build, 'casts', `${name}.cast`)
  if (!existsSync(file)) return ''
  const recording = JSON.stringify(readFileSync(file, 'utf8'))
  return `<div class="cast" id="cast-${name}"></div>${load()}${script(`
AsciinemaPlayer.create({ data: ${recording} }, document.getElementById('cast-${name}'),
  { fit: 'both', poster: 'npt:0:1', terminalFontFamily: "'JetBrains Mono'" })`)}\n`
}
