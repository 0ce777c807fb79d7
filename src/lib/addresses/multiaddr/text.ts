import type { Component } from './components.ts'
import { parseBytes } from './components.ts'

/**
 * The text of an address in normal form.
 *
 * @param components - its components
 * @returns their texts, joined
 */
export function normalForm(components: Component[]): string {
  return components.map(textOfComponent).join('')
}

/**
 * The text of a packed multiaddr.
 *
 * @param packed - its bytes
 * @returns the address in normal form
 * @throws ToolkitError `usage` where the bytes are no multiaddr
 */
export function textOfPacked(packed: Uint8Array): string {
  return normalForm(parseBytes(packed))
}

/** `/tcp/4001`, or `/ws` where there is no value; a path brings its own slash. */
function textOfComponent({ protocol, value }: Component): string {
  return value === '' || protocol.path ? `/${protocol.name}${value}` : `/${protocol.name}/${value}`
}
