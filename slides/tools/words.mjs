// usage: node words.mjs DECK.md...
//
// Prints all texts of these decks, of the drawings and of the tools, as a template for gettext. With $WORDS,
// a catalogue of gettext (slides/zh.po), translate() and t() give the texts in another language: what
// stands there neither translated nor sure ("fuzzy") stays English, and missing() has it.
//
// A text is a heading, a point of a list, a cell of a table, a paragraph, or the note of a slide without
// its minutes. Code, what is run, and recordings are none.

import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const catalogue = process.env.WORDS ? readCatalogue(process.env.WORDS) : undefined
const asked = new Map() // text -> where it stands
const unknown = new Set()
let place = ''

function readCatalogue(file) {
  const { status, stdout } = spawnSync('msgattrib', ['--translated', '--no-fuzzy', '--no-obsolete', '--no-wrap', file],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
  if (status !== 0) throw new Error(`${file} is not a catalogue that msgattrib (package gettext) can read`)
  const texts = [...stdout.matchAll(/^msgid (".*")\nmsgstr (".*")$/gm)].map(([, ...pair]) => pair.map((text) => JSON.parse(text)))
  return new Map(texts.filter(([text]) => text))
}

// Code and numbers are the same in every language.
const isText = (text) => /[a-z]{2}/.test(text.replace(/`[^`]*`|\{\w+\}|<[^>]*>/g, ''))

export function t(text) {
  if (!isText(text)) return text
  if (!asked.has(text)) asked.set(text, place)
  if (catalogue && !catalogue.has(text)) unknown.add(text)
  return catalogue?.get(text) ?? text
}

export const missing = () => [...unknown]

// --- a deck ---------------------------------------------------------------------------------------

const parts = /(?<![^])---\n[^]*?\n---\n|^```[^]*?^```$|<script>[^]*?<\/script>|<!--\n[^]*?\n-->|^.+$/gm
const frames = [/^(#+ |- )(.*)()$/, /^(<p class="aside">)(.*)(<\/p>)$/, /^(<!-- header: )(.*)( -->)$/, /^()([^<|-].*)()$/]

const inFrame = (line, frame) => line.replace(frame, (_, before, text, after) => before + t(text) + after)
const inRow = (row) => row.split('|').map((cell) => cell.replace(/\S.*\S/, t)).join('|')

function inNote(note) {
  const [, minutes, text] = note.slice(5, -4).replace(/\n/g, ' ').match(/^([\d.]+ (?=min\. ))?([^]*)$/)
  return `<!--\n${minutes ? `${minutes}${t('min.')} ${t(text.slice(5))}` : t(text)}\n-->`
}

export function translate(deck) {
  return deck.replace(parts, (part) => {
    if (part.startsWith('---\n')) return part.replace(/^(title|lang|header): (.*)$/gm, (_, key, text) => `${key}: ${t(text)}`)
    if (part.startsWith('<!--\n')) return inNote(part)
    if (/^(```|<script>)/.test(part)) return part
    if (/^\|.*\|$/.test(part)) return inRow(part)
    const frame = frames.find((one) => one.test(part))
    return frame ? inFrame(part, frame) : part
  })
}

export const translateDrawing = (drawing) =>
  drawing.replace(/^# (.*)|"([^"]*)"/gm, (_, comment, text) => comment ? `# ${t(comment)}` : `"${t(text)}"`)

// --- the template -----------------------------------------------------------------------------------

// Each text in it is given to t(), and the name of the file with it.
function collect(file, find) {
  place = basename(file)
  find(readFileSync(file, 'utf8'))
}

function collectAll(decks) {
  for (const deck of decks) collect(deck, translate)
  for (const name of readdirSync(join(here, '../drawings')))
    collect(join(here, '../drawings', name), translateDrawing)
  for (const name of readdirSync(here).filter((file) => file.endsWith('.mjs')))
    collect(join(here, name), (tool) => {
      for (const [, text] of tool.matchAll(/\bt\('([^']+)'\)/g)) t(text)
    })
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  collectAll(process.argv.slice(2))
  console.log('msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"')
  for (const [text, file] of asked) console.log(`\n#: ${file}\nmsgid ${JSON.stringify(text)}\nmsgstr ""`)
}
