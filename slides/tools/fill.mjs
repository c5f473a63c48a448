// usage: node fill.mjs DECK.md
//        node fill.mjs --record DECK.md [NAME...]
//
// Prints the deck with its directives replaced by what this machine shows, now:
//
//   <!-- run NAME: NEED... -->    and a console block. In it a line
//                                   "$ COMMAND" or "# COMMAND" is run and shown with its output,
//                                   "! $ COMMAND" is the same, and has to fail,
//                                   "= PATTERN" makes what matches in the output bold,
//                                   any other line is run, and only its output is shown.
//                                 All blocks of one NAME are one session of bash. The variables
//                                 named in $show are shown by value in the commands.
//   <!-- draw NAME: NEED... -->   drawings/NAME.txt as a picture. A console block after it prints
//                                 lines "KEY=VALUE"; they stand as {KEY} in the drawing.
//   <!-- code NAME -->            and a C block: lines of solutions/*/NAME.c, in their order (blanks and
//                                 lines between them do not matter). CLONE_NEW... is bold, and what "= PATTERN" matches.
//
// NEED is what a session wants of the machine, see session.bash. Where the machine has not got it,
// recorded/NAME.txt is shown, and the slide says so. With --record nothing is printed: the sessions
// (of these NAMEs) that can run here are written to recorded/. With $WORDS, a catalogue, the texts are in
// another language, see words.mjs. {address} in the deck is $ADDRESS: where people get this project.

import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { release, tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { draw } from './draw.mjs'
import { missing, t, translate } from './words.mjs'

const here = dirname(fileURLToPath(import.meta.url))
const marker = `@@${process.pid}@@`
const directive = /^<!-- (run|draw|code) ([a-z0-9-]+)(?::([a-z0-9 ]*))? -->\n(?:```(?:console|c)\n([^]*?)^```\n)?/gm

const quote = (text) => `'${text.replaceAll("'", `'\\''`)}'`
const escape = (text) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')

function fail(message) {
  console.error(`slides: ${message}`)
  process.exit(1)
}

// --- reading the deck ---------------------------------------------------------------------------

function parseLine(line) {
  const [, mustFail, prompt, command] = line.match(/^(! )?(?:([$#]) )?(.*)$/)
  return prompt ? { prompt, command, mustFail: Boolean(mustFail) } : { command: line }
}

// Returns the sessions by name: { needs, blocks: [lines] }.
function findSessions(deck) {
  const sessions = {}
  for (const [, kind, name, needs = '', block] of deck.matchAll(directive)) {
    if (block === undefined || kind === 'code') continue
    const session = (sessions[name] ??= { needs: needs.trim(), blocks: [] })
    session.blocks.push(block.split('\n').slice(0, -1).filter((line) => !line.startsWith('= ')).map(parseLine))
  }
  return sessions
}

// --- running ------------------------------------------------------------------------------------

function script({ needs, blocks }) {
  const lines = blocks.flatMap((block, index) => [
    `echo ${marker} block`,
    ...block.flatMap(({ prompt, command, mustFail }) => [
      prompt ? `say ${quote(prompt)} ${quote(command)}` : `echo ${marker} hidden`,
      command,
      `check $? ${mustFail ? 1 : 0} ${quote(command)}`,
    ]),
  ])
  return [`marker=${marker} PATH=${quote(process.env.PATH)}`, `. ${quote(join(here, 'session.bash'))}`,
    `need ${needs}`, ...lines, `echo ${marker} end`, ''].join('\n')
}

// Output of a session (with bash's messages as on a terminal) -> [[{ prompt, command, output: [lines] }]], one list for each block.
function parseOutput(text) {
  const blocks = []
  for (const line of text.split('\n').slice(0, -1)) {
    const [word, prompt, ...command] = line.split(' ')
    if (word !== marker) blocks.at(-1)?.at(-1)?.output.push(line.replace(/^bash: line \d+:/, 'bash:'))
    else if (prompt === 'end') break // what the traps say is for nobody
    else if (prompt === 'block') blocks.push([])
    else blocks.at(-1).push({ prompt: prompt === 'hidden' ? '' : prompt, command: command.join(' '), output: [] })
  }
  return blocks
}

// Where neither root nor a user namespace can be had, a session runs as we are, and says what it lacks.
const privilege = [join(here, '../../scripts/machine/privilege'), '--or-namespace']
const asRoot = spawnSync(privilege[0], ['--or-namespace', 'true'], { stdio: 'ignore' }).status === 0 ? privilege : []

function run(name, session) {
  const folder = mkdtempSync(join(tmpdir(), 'session-'))
  const { status, stdout } = spawnSync(
    'timeout', ['--foreground', '-k', '5', '100', ...asRoot, 'bash', '-c', script(session)],
    { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
  rmSync(folder, { recursive: true, force: true })
  if (status === 77) return { missing: stdout.trim() }
  if (status !== 0) fail(`the session '${name}' failed (status ${status}):\n${stdout.replaceAll(marker, '')}`)
  return { blocks: parseOutput(stdout) }
}

// --- recordings: plain text ---------------------------------------------------------------------

function writeRecord(name, blocks) {
  const lines = [`Linux ${release().match(/^\d+\.\d+/)}`]
  for (const block of blocks) {
    lines.push('--')
    for (const { prompt, command, output } of block) {
      if (prompt) lines.push(`${prompt} ${command}`)
      lines.push(...output.map((line) => `  ${line}`))
    }
  }
  writeFileSync(join(here, '../recorded', `${name}.txt`), lines.join('\n') + '\n')
}

function readRecord(name, missing) {
  const file = join(here, '../recorded', `${name}.txt`)
  if (!existsSync(file)) fail(`this machine cannot show '${name}' (${missing}), and ${file} is not there`)
  const [kernel, ...lines] = readFileSync(file, 'utf8').split('\n').slice(0, -1)
  const blocks = []
  for (const line of lines) {
    if (line === '--') blocks.push([])
    else if (!line.startsWith('  ')) blocks.at(-1).push({ prompt: line[0], command: line.slice(2), output: [] })
    else {
      if (!blocks.at(-1).length) blocks.at(-1).push({ prompt: '', command: '', output: [] })
      blocks.at(-1).at(-1).output.push(line.slice(2))
    }
  }
  return { blocks, recorded: kernel }
}

// A recording of other commands than the deck's would be a lie.
function mustMatch(name, { blocks }, record) {
  const shown = (list) => list.map((block) => block.filter(({ prompt }) => prompt).length).join()
  if (shown(blocks) !== shown(record.blocks))
    fail(`recorded/${name}.txt is not of the commands in the deck; record it again (slides/README.md says how)`)
}

function show(name, session) {
  if (process.stderr.isTTY) console.error(`slides: running ${name}`) // all of them take minutes
  const result = run(name, session)
  if (result.blocks) return result
  const record = readRecord(name, result.missing)
  mustMatch(name, session, record)
  return record
}

// --- writing ------------------------------------------------------------------------------------

// As large as the slide allows, in pixels: it is read from the last row. Few sizes, or all jumps from slide to slide.
const sizes = [32, 28, 24]
function fontSize(lines, height) {
  const columns = Math.max(...lines.map((line) => line.replace(/<[^>]*>/g, '').replace(/&\w+;/g, '.').length))
  const room = Math.min(Math.floor(1058 / 0.6 / columns), Math.floor(height / 1.42 / lines.length))
  return sizes.find((size) => size <= room) ?? sizes.at(-1)
}

const mark = (line, patterns) => patterns.reduce((text, pattern) => text.replace(new RegExp(pattern, 'g'), '<b>$&</b>'), escape(line))

function transcript(block, patterns) {
  const lines = block.flatMap(({ prompt, command, output }) => [
    ...(prompt ? [`<span class="command"><i>${prompt}</i> ${escape(command)}</span>`] : []),
    ...output.map((line) => mark(line.trimEnd(), patterns) || ' '), // an empty line at the end would not be seen
  ])
  return `<pre class="run" style="font-size: ${fontSize(lines, 450)}px"><code>${lines.join('\n')}</code></pre>\n`
}

// Other C than the program's would be a lie.
function mustBeIn(name, lines) {
  const folder = join(here, '../../solutions')
  const file = readdirSync(folder).map((lab) => join(folder, lab, `${name}.c`)).find(existsSync)
  if (!file) fail(`the deck shows C of ${name}.c, and no folder in solutions/ has that file`)
  const source = readFileSync(file, 'utf8').replace(/\s/g, '')
  let from = 0
  for (const line of lines) {
    const at = source.indexOf(line.replace(/\s/g, ''), from)
    if (at < 0) fail(`this line of the deck is not in ${name}.c, or not there: ${line.trim()}`)
    from = at + 1
  }
}

function code(name, lines, patterns) {
  mustBeIn(name, lines)
  const text = lines.map((line) => mark(line, ['CLONE_NEW\\w+', ...patterns])).join('\n')
  return `<pre class="run code" style="font-size: ${fontSize(lines, 270)}px"><code>${text}</code></pre>\n`
}

const note = ({ recorded }) => (recorded ? `<p class="recorded">${t('Recorded on')} ${escape(recorded)}</p>\n` : '')

// A browser shows each line of a note as a line: a paragraph becomes one.
const joinNotes = (deck) => deck.replace(/<!--\n[^]*?\n-->/g, (note) => note.replace(/(\S)\n(?!-->)/g, '$1 ').replace('<!-- ', '<!--\n'))

function fill(deck, results) {
  const turn = {}
  return joinNotes(deck).replace(directive, (_, kind, name, needs, source) => {
    const isPattern = (line) => line.startsWith('= ')
    const lines = (source ?? '').split('\n').slice(0, -1)
    const patterns = lines.filter(isPattern).map((line) => line.slice(2))
    if (kind === 'code') return code(name, lines.filter((line) => !isPattern(line)), patterns)
    const result = results[name]
    const block = result?.blocks[(turn[name] = (turn[name] ?? -1) + 1)]
    if (kind === 'draw') return draw(name, block?.flatMap(({ output }) => output) ?? []) + (result ? note(result) : '')
    return transcript(block, patterns) + note(result)
  })
}

const record = process.argv[2] === '--record'
const [file, ...names] = process.argv.slice(record ? 3 : 2)
const address = process.env.ADDRESS || 'ADDRESS'
const deck = translate(readFileSync(file, 'utf8')).replaceAll('{address}', () => escape(address))
const sessions = Object.entries(findSessions(deck)).filter(([name]) => !names.length || names.includes(name))
if (record) {
  for (const [name, session] of sessions) {
    const { blocks, missing } = run(name, session)
    if (blocks) writeRecord(name, blocks)
    console.log(`${name}: ${blocks ? 'recorded' : missing}`)
  }
} else {
  const results = Object.fromEntries(sessions.map(([name, session]) => [name, show(name, session)]))
  process.stdout.write(fill(deck, results))
  const english = missing()
  if (english.length)
    console.error(`slides: ${english.length} texts of ${basename(file)} stay English, the first is '${english[0]}'. Type: scripts/presenter/slides --words`)
}
