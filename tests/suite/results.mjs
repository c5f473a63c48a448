// usage: node results.mjs [--pictures FOLDER] REPORT.html
//
// Looks at the report of scripts/instructor/results/make in a headless Chromium, at 1280x720, in light and in dark, and
// prints what is wrong. It speaks the browser's own protocol through a pipe, so it needs no package.

import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

const args = process.argv.slice(2)
const pictures = args[0] === '--pictures' ? args.splice(0, 2)[1] : undefined
const url = pathToFileURL(resolve(args[0])).href
const faults = new Set()

// --- the browser --------------------------------------------------------------------------------

const home = mkdtempSync(join(tmpdir(), 'results-'))
const flags = ['--headless', '--remote-debugging-pipe', `--user-data-dir=${home}`, '--no-first-run', '--disable-gpu',
  '--disable-background-networking', '--disable-component-update', '--disable-default-apps', '--disable-sync',
  '--disable-dev-shm-usage', ...(process.getuid() === 0 ? ['--no-sandbox'] : [])]
const browser = spawn(process.env.CHROMIUM ?? 'chromium', flags,
  { env: { ...process.env, HOME: home }, stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'], detached: true })
const answers = new Map()
let last = 0
let session
let text = ''
const deadline = setTimeout(() => { console.log('the browser does not answer'); browser.kill() }, 120000)
browser.stdio[4].setEncoding('utf8')
browser.stdio[4].on('data', (data) => {
  const messages = (text + data).split('\0')
  text = messages.pop()
  for (const message of messages.map((json) => JSON.parse(json)))
    if (message.id) answers.get(message.id)(message)
    else listen(message)
})

async function send(method, params = {}) {
  const id = ++last
  const answer = new Promise((done) => answers.set(id, done))
  browser.stdio[3].write(`${JSON.stringify({ id, method, params, sessionId: session })}\0`)
  const { result, error } = await answer
  if (error) throw new Error(`${method}: ${error.message}`)
  return result
}

// The documents whose load has ended, and who waits for one of them.
const loaded = new Set()
let wake = () => {}
async function untilLoaded(loader) {
  while (!loaded.has(loader)) await new Promise((resolved) => { wake = resolved })
}

function listen({ method, params }) {
  if (method === 'Page.lifecycleEvent' && params.name === 'load') {
    loaded.add(params.loaderId)
    wake()
  }
  if (method === 'Network.requestWillBeSent' && params.request.url !== url) faults.add(`it loads ${params.request.url.slice(0, 100)}`)
  if (method === 'Log.entryAdded') faults.add(`console: ${params.entry.text}`)
  if (method === 'Runtime.consoleAPICalled') faults.add(`it speaks on the console: ${params.args.map(({ value }) => value)}`)
  if (method === 'Runtime.exceptionThrown') faults.add(`error: ${params.exceptionDetails.text}`)
  if (method === 'Page.javascriptDialogOpening') {
    faults.add(`a dialog: ${params.message}`)
    send('Page.handleJavaScriptDialog', { accept: true })
  }
}

// --- in the page -----------------------------------------------------------------------------------

function findFaults() {
  const found = []
  const root = document.documentElement
  if (root.scrollWidth > root.clientWidth) found.push(`overflow: ${root.scrollWidth} > ${root.clientWidth}`)
  const foreign = document.querySelectorAll('script, img, iframe, object, embed, svg, form, input, link, base, marquee')
  if (foreign.length) found.push(`foreign elements: ${[...foreign].map(({ tagName }) => tagName)}`)
  for (const element of document.querySelectorAll('*'))
    for (const { name } of element.attributes) if (/^on|^style$/.test(name)) found.push(`attribute ${name}`)
  for (const { protocol, href } of document.links) if (protocol !== 'file:') found.push(`a link to ${href}`)
  if (window.pwned) found.push('something of a student was run')
  return found.concat(findPale(), findUnstuck())

  // Contrast below WCAG AA.
  function findPale() {
    const pale = new Set()
    for (const element of document.querySelectorAll('td, th, p, dt, dd, a, h1, h2, span, summary')) {
      const ratio = contrast(colour(element, 'color'), background(element))
      if (ratio < 4.5) pale.add(`contrast ${ratio.toFixed(1)}: ${element.tagName} ${element.className}`)
    }
    return [...pale]
  }
  function colour(element, property) {
    return getComputedStyle(element)[property].match(/[\d.]+/g).map(Number)
  }
  function background(element) {
    for (let at = element; at; at = at.parentElement) {
      const found = colour(at, 'backgroundColor')
      if (found[3] !== 0) return found
    }
    return [255, 255, 255]
  }
  function luminance(rgb) {
    const [r, g, b] = rgb.map((c) => (c / 255 <= 0.03928 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4))
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  function contrast(one, other) {
    const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b)
    return (high + 0.05) / (low + 0.05)
  }

  // The heads of the map stay where they are when it is small, and scrolled to its far corner.
  function findUnstuck() {
    const map = document.querySelector('div.map')
    map.style.maxHeight = '120px'
    map.style.maxWidth = '500px'
    map.scrollTo(map.scrollWidth, map.scrollHeight)
    const frame = map.getBoundingClientRect()
    const top = map.querySelector('thead').getBoundingClientRect().top - frame.top
    const left = map.querySelector('tbody tr:last-child th').getBoundingClientRect().left - frame.left
    map.scrollTo(0, 0)
    map.style.maxHeight = map.style.maxWidth = ''
    return Math.abs(top) < 3 && Math.abs(left) < 3 ? [] : [`the heads of the map do not stick: ${top}, ${left}`]
  }
}

// --- one look in each scheme ---------------------------------------------------------------------

async function lookAt(scheme) {
  await send('Emulation.setDeviceMetricsOverride', { width: 1280, height: 720, deviceScaleFactor: 1, mobile: false })
  await send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: scheme }] })
  const { loaderId } = await send('Page.navigate', { url })
  await untilLoaded(loaderId)
  const { result } = await send('Runtime.evaluate', { expression: `(${findFaults})()`, returnByValue: true })
  if (!Array.isArray(result.value)) throw new Error(result.description)
  for (const fault of result.value) faults.add(`${scheme}: ${fault}`)
  if (!pictures) return
  const { cssContentSize } = await send('Page.getLayoutMetrics')
  const clip = { x: 0, y: 0, width: 1280, height: Math.min(cssContentSize.height, 6000), scale: 1 }
  const { data } = await send('Page.captureScreenshot', { clip, captureBeyondViewport: true })
  writeFileSync(join(pictures, `report-${scheme}.png`), Buffer.from(data, 'base64'))
}

// The browser leads a group of processes, and the others write into its home after it has gone.
async function endGroup() {
  try {
    for (let turn = 0; turn < 500; turn++) { // where PID 1 reaps nobody, zombies stay
      process.kill(-browser.pid, 'SIGKILL')
      await new Promise((resolved) => setTimeout(resolved, 20))
    }
  } catch {} // nobody is left
}

try {
  const { targetId } = await send('Target.createTarget', { url: 'about:blank' })
  session = (await send('Target.attachToTarget', { targetId, flatten: true })).sessionId
  for (const domain of ['Page', 'Runtime', 'Log', 'Network']) await send(`${domain}.enable`)
  await send('Page.setLifecycleEventsEnabled', { enabled: true })
  await lookAt('light')
  await lookAt('dark')
} finally {
  clearTimeout(deadline)
  await endGroup()
  rmSync(home, { recursive: true, force: true })
}
for (const fault of faults) console.log(fault)
process.exit(faults.size ? 1 : 0)
