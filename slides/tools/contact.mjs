// usage: node contact.mjs DECK.html FOLDER ENDING
//
// Writes deck-light ENDING and deck-dark ENDING (for example .png), for the README: four slides of the deck on one
// picture: its title, how a lab works, and the first question with its answer.

import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

const out = join(process.env.BUILD, 'slides')
const puppeteer = createRequire(join(out, 'package.json'))('puppeteer-core')
const [deck, folder, ending] = process.argv.slice(2)

// The HTML has one slide after the other; a picture of the deck has four at once. The slide
// before the first question says how a lab works.
function layOut() {
  const slides = [...document.querySelectorAll('svg:has(> foreignObject > section)')]
  const question = slides.findIndex((slide) => slide.querySelector('pre.code'))
  const wanted = [0, question - 1, question, question + 1].map((number) => slides[number].outerHTML)
  slides[0].parentNode.innerHTML = wanted.join('') // the theme is for what is in this element
}

const style = `.bespoke-marp-osc { display: none !important }
html, body, body > div { all: initial; background: none !important }
body > div:has(> svg) { display: grid !important; grid-template-columns: 560px 560px; gap: 8px; padding: 4px; width: 1128px;
  background: light-dark(#c9cfd8, #3b4454) !important; color-scheme: light dark !important }
body > div > svg { all: initial !important; display: block !important; width: 560px !important; height: 315px !important }`

const size = { width: 1136, height: 646 }
const browser = await puppeteer.launch({ executablePath: join(out, 'chromium'), headless: true })
try {
  for (const scheme of ['light', 'dark']) {
    const page = await browser.newPage()
    await page.setViewport(size)
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }])
    await page.goto(pathToFileURL(resolve(deck)).href)
    await page.evaluate(layOut)
    await page.addStyleTag({ content: style })
    await page.evaluate(() => document.fonts.ready)
    const path = join(folder, `deck-${scheme}${ending}`)
    await page.screenshot({ path, clip: { x: 0, y: 0, ...size } })
    console.log(path)
    await page.close()
  }
} finally {
  await browser.close()
}
