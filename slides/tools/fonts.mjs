// usage: node fonts.mjs FILE
//
// Prints rules of CSS for the Chinese characters of FILE, in the font that the themes name first. The package has
// its characters in some hundred files; those that are needed go in as data.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const folder = join(process.env.BUILD, 'slides/node_modules/@fontsource-variable/noto-sans-sc')

// Characters of East Asia, and the quotation marks and dashes that are as wide as those in a Chinese text.
const wide = /[\u2014\u2018-\u201d\u2026\u2e80-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef]/g
const wanted = new Set([...readFileSync(process.argv[2], 'utf8').matchAll(wide)].map(([char]) => char.codePointAt(0)))
const hex = (code) => `U+${code.toString(16)}`

// "U+4e00-4e03,U+4e05" -> those that are wanted, and no file has had yet
function take(ranges) {
  const codes = ranges.split(',').flatMap((range) => {
    const [first, last = first] = range.trim().slice(2).split('-').map((code) => parseInt(code, 16))
    return [...wanted].filter((code) => code >= first && code <= last)
  })
  codes.forEach((code) => wanted.delete(code))
  return codes
}

for (const [, file, ranges] of readFileSync(join(folder, 'index.css'), 'utf8').matchAll(/url\(([^)]+)\)[^;]*;\s*unicode-range: ([^;]+);/g)) {
  const codes = take(ranges)
  if (!codes.length) continue
  const data = readFileSync(join(folder, file)).toString('base64')
  console.log(`@font-face { font-family: 'Noto Sans SC'; font-weight: 100 900; unicode-range: ${codes.map(hex)}; src: url(data:font/woff2;base64,${data}) }`)
}
if (wanted.size) {
  console.error(`slides: no font has ${[...wanted].map((code) => String.fromCodePoint(code)).join(' ')}`)
  process.exit(1)
}
