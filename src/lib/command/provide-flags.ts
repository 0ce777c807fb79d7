import { Flags } from '@oclif/core'
import { canonicalAddress } from './arguments.ts'
import { durationFlag } from './durations.ts'
import { repeatable } from './repeatable.ts'

const addresses = {
  ...repeatable,
  helpValue: 'ADDR',
  parse: async (text: string) => canonicalAddress(text),
} as const

/** Where a provider is to be found. */
export const provideFlags = {
  listen: Flags.string({ ...addresses, summary: 'listen on this address, stay and serve' }),
  announce: Flags.string({ ...addresses, summary: 'address of the node that provides it' }),
  for: durationFlag({ summary: 'serve this long; without end otherwise', dependsOn: ['listen'] }),
}
