// usage: BUILD=DIR node keys.mjs DECK.html
//
// Presses a presenter's keys in a deck that scripts/presenter/slides has built, in the room's window and in the presenter's,
// and prints after each what both windows show: slide, light or dark, black or not.

import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

const out = join(process.env.BUILD, 'slides')
const puppeteer = createRequire(join(out, 'package.json'))('puppeteer-core')
const browser = await puppeteer.launch({ executablePath: join(out, 'chromium'), headless: true })

async function open(view) {
  const page = await browser.newPage()
  await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: 'light' }])
  await page.goto(pathToFileURL(resolve(process.argv[2])).href + view)
  return page
}

// What a window shows is its style, not what a script believes.
const look = (page) => page.evaluate(() => {
  const section = [...document.querySelectorAll('section')].find((one) => one.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
  const cover = getComputedStyle(document.documentElement, '::after')
  return [
    location.hash || '#1',
    getComputedStyle(section).backgroundColor === 'rgb(255, 255, 255)' ? 'light' : 'dark',
    cover.position === 'fixed' && cover.backgroundColor === 'rgb(0, 0, 0)' ? 'black' : getComputedStyle(document.body).opacity < 1 ? 'dim' : 'seen',
  ].join(' ')
})

const wait = (time) => new Promise((done) => { setTimeout(done, time) })

// The other window hears of a key a moment later: what is expected has ten seconds.
async function press(window, key, expected) {
  await window.bringToFront()
  await window.keyboard.press(key)
  let seen
  for (let i = 0; i < 200 && seen !== expected; i++) {
    await wait(50)
    seen = `${await look(room)}, ${await look(presenter)}`
  }
  console.log(`${window === room ? 'room' : 'presenter'} ${key}: ${seen}${seen === expected ? '' : `, not ${expected}`}`)
  if (seen !== expected) process.exitCode = 1
}

let room, presenter
try {
  room = await open('')
  presenter = await open('?view=presenter')
  await press(room, 'PageDown', '#2 light seen, #1 light seen') // two windows that do not know each other's slide
  await press(room, 'PageUp', '#1 light seen, #1 light seen')
  await press(presenter, 'd', '#1 dark seen, #1 dark seen')
  await press(room, 'D', '#1 light seen, #1 light seen')
  await press(room, 'd', '#1 dark seen, #1 dark seen')
  await press(presenter, 'b', '#1 dark black, #1 dark dim')
  await press(room, '.', '#1 dark seen, #1 dark seen')
  await press(room, '.', '#1 dark black, #1 dark dim')
  await room.reload()
  await press(presenter, 'Shift', '#1 dark seen, #1 dark dim') // dark is remembered, black is not
} finally {
  await browser.close()
}
