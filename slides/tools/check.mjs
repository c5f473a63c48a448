// usage: node check.mjs [--pictures FOLDER] FILE.html...
//
// Looks at every slide of these files in a headless Chromium, in two sizes, in light and in dark,
// and prints what is wrong: FILE: slide N: REASON (where). See scripts/presenter/slides-check.

import { mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { findFaults } from './faults.mjs'
import { findPlanFaults } from './plan.mjs'

const out = join(process.env.BUILD, 'slides')
const puppeteer = createRequire(join(out, 'package.json'))('puppeteer-core')
const sizes = [[1280, 720], [1920, 1080]]
const schemes = ['light', 'dark']

// Reasons with the places where they were seen: Map of "slide N: reason" -> Set of places.
const seen = new Map()
function report(slide, reason, place) {
  const key = slide ? `slide ${slide}: ${reason}` : reason
  seen.set(key, (seen.get(key) ?? new Set()).add(place))
}

// --- what only the browser's own protocol knows: which font draws a text that is shown --------------------

async function openFonts(page) {
  const cdp = await page.createCDPSession()
  await cdp.send('DOM.enable')
  await cdp.send('CSS.enable')
  return cdp
}

async function findFonts(cdp, slide, place) {
  const { root } = await cdp.send('DOM.getDocument')
  const selector = `section[id="${slide}"], section[id="${slide}"] :not(script, style)`
  const { nodeIds } = await cdp.send('DOM.querySelectorAll', { nodeId: root.nodeId, selector })
  for (const nodeId of nodeIds) {
    const { fonts } = await cdp.send('CSS.getPlatformFontsForNode', { nodeId })
    for (const { familyName } of fonts.filter(({ isCustomFont }) => !isCustomFont))
      report(slide, `missing font: some characters are in ${familyName}, which is not in the file`, place)
  }
}

// --- one file in one size and scheme --------------------------------------------------------------

function listen(page, place) {
  let slide = 0
  const at = (reason) => report(slide, reason, place)
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && !message.text().startsWith('Failed to load') &&
    at(`console ${message.type()}: ${message.text()}`))
  page.on('pageerror', (error) => at(`console error: ${error.message}`))
  page.on('requestfailed', (request) => at(`missing file: ${request.url().slice(0, 100)}`))
  page.on('request', (request) => /^(data|blob|about):/.test(request.url()) || request.isNavigationRequest() ||
    at(`not self-contained: it loads ${request.url().slice(0, 100)}`))
  return (number) => { slide = number }
}

async function lookAt(browser, file, [width, height], scheme, pictures) {
  const place = `${width}x${height} ${scheme}`
  const page = await browser.newPage()
  const setSlide = listen(page, place)
  await page.setViewport({ width, height })
  await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }])
  await page.goto(pathToFileURL(file).href)
  await page.addStyleTag({ content: '.bespoke-marp-osc { display: none !important }' }) // the buttons come and go
  await page.evaluate(() => document.fonts.ready)
  const slides = await page.evaluate(() => document.querySelectorAll('section').length)
  if (!slides) report(0, 'there is no slide', place)
  const fonts = scheme === 'light' && (await openFonts(page))
  for (let slide = 1; slide <= slides; slide++) {
    setSlide(slide)
    await page.evaluate((number) => {
      location.hash = `#${number}`
      return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => document.fonts.ready.then(() => done()))))
    }, slide)
    for (const fault of await page.evaluate(findFaults, slide)) report(slide, fault, place)
    if (fonts) await findFonts(fonts, slide, place)
    if (pictures) await page.screenshot({ path: join(pictures, `${basename(file, '.html')}-${scheme}-${width}-${String(slide).padStart(2, '0')}.png`) })
  }
  await page.close()
  return slides
}

// --- the speaker's notes --------------------------------------------------------------------------

// Marp puts the notes behind the slides, as <div class="bespoke-marp-note" data-index="0"><p>1 min. ...
// Returns the sum; the plans are made of the minutes of each section.
function checkNotes(html) {
  const sections = {}
  const headers = [...html.matchAll(/<section id="\d+"[^>]* data-header="([^"]*)"/g)].map(([, header]) => header.split(' · ')[0])
  headers.forEach((name, index) => {
    const note = html.match(new RegExp(`bespoke-marp-note" data-index="${index}"[^>]*><p>([\\d.]+) (min\\.|分钟)`))
    if (note) sections[name] = (sections[name] ?? 0) + Number(note[1])
    else report(index + 1, 'no minutes: its notes do not begin with "N min."', 'notes')
  })
  // The plans name the sections in English; a translation has the same minutes.
  if (/<html[^>]* lang="en"/.test(html)) for (const fault of findPlanFaults(sections)) report(0, fault, 'notes')
  return Object.values(sections).reduce((a, b) => a + b)
}

const args = process.argv.slice(2)
const pictures = args[0] === '--pictures' ? args.splice(0, 2)[1] : undefined
if (pictures) mkdirSync(pictures, { recursive: true })
const browser = await puppeteer.launch({ executablePath: join(out, 'chromium'), headless: true })
let faults = 0
try {
  for (const file of args.map((name) => resolve(name))) {
    seen.clear()
    let slides = 0
    for (const size of sizes) for (const scheme of schemes) slides = await lookAt(browser, file, size, scheme, pictures)
    const isSheet = basename(file).startsWith('sheet')
    const sum = isSheet ? '' : `, ${checkNotes(readFileSync(file, 'utf8'))} minutes`
    for (const [reason, places] of seen) console.log(`${basename(file)}: ${reason} (${[...places].join(', ')})`)
    console.log(`${basename(file)}: ${slides} slide${slides === 1 ? '' : 's'}${sum}, ${seen.size || 'no'} faults`)
    faults += seen.size
  }
} finally {
  await browser.close()
}
process.exit(faults ? 1 : 0)
