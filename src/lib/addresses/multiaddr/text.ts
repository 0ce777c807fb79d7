import type { Component } from './components.ts'
import { parseBytes } from './components.ts'

/**
 * The text of one component in normal form.
 *
 * @param component - a component
 * @returns `/tcp/4001`, or `/ws` where there is no value; a path brings its own slash
 */
export function textOfComponent({ protocol, value }: Component): string {
  return value === '' || protocol.path ? `/${protocol.name}${value}` : `/${protocol.name}/${value}`
}

/**
 * The text of a packed multiaddr.
 *
 * @param packed - its bytes
 * @returns the address in normal form
 * @throws ToolkitError `usage` where the bytes are no multiaddr
 */
export function textOfPacked(packed: Uint8Array): string {
  return parseBytes(packed).map(textOfComponent).join('')
}
