/** Code points that change what is shown without being seen: controls, formats, surrogates, separators. */
const unsafe = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu

/**
 * Makes text of a remote visible: each unsafe code point becomes its escape, `\u{1b}` for ESC.
 *
 * @param {string} text
 * @returns {string} the same text on one line
 */
export function visible(text) {
  return text.replace(unsafe, (unit) => `\\u{${unit.codePointAt(0)?.toString(16) ?? ''}}`)
}

/**
 * Shows a value as JSON over several lines.
 *
 * @param {unknown} value - parsed JSON
 * @returns {string} with every unsafe code point but the line ends made visible
 */
export function prettyJson(value) {
  try {
    return JSON.stringify(value, undefined, 2).replace(/[^\n]+/g, visible)
  } catch {
    return 'nested too deeply to be shown'
  }
}

/**
 * Shows a time or a duration.
 *
 * @param {number} ms
 * @param {number} [digits] - behind the point
 * @returns {string}
 */
export function inMs(ms, digits = 3) {
  return `${ms.toFixed(digits)} ms`
}

/**
 * Counts things in words.
 *
 * @param {number} count
 * @param {string} thing - one of them
 * @returns {string}
 */
export function counted(count, thing) {
  return `${count} ${thing}${count === 1 ? '' : 's'}`
}

/**
 * Makes an element that holds text. Nothing on this page is made from markup.
 *
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name - of the element
 * @param {string} [text] - made visible
 * @param {string} [className]
 * @returns {HTMLElementTagNameMap[Name]}
 */
export function element(name, text, className) {
  const made = document.createElement(name)
  if (text !== undefined) made.textContent = visible(text)
  if (className !== undefined) made.className = className
  return made
}

/**
 * Finds one of the page's own elements.
 *
 * @param {string} id
 * @returns {HTMLElement}
 */
export function byId(id) {
  const found = document.getElementById(id)
  if (found === null) throw new Error(`the page has no element ${id}`)
  return found
}
