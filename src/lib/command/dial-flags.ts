import { Flags } from '@oclif/core'
import { canonicalPeerId, protocolId } from './arguments.ts'
import { lookUpFlags } from './dht-flags.ts'
import { durationFlag } from './durations.ts'
import { repeatable } from './repeatable.ts'

/** What `dial` does with a connection, and with which of the addresses. */
export const dialFlags = {
  protocol: Flags.string({
    ...repeatable,
    summary: 'open a stream of this protocol; several are offered in order',
    helpValue: 'PROTOCOL',
    parse: async (text) => protocolId(text),
  }),
  raw: Flags.boolean({ summary: 'write bytes to a terminal as they are', dependsOn: ['protocol'] }),
  'expect-peer': Flags.string({
    summary: 'peer ID that the other side has to prove',
    helpValue: 'ID',
    parse: async (text) => canonicalPeerId(text),
  }),
  for: durationFlag({
    summary: 'hold the connection this long, and say who closed it',
    exclusive: ['protocol', 'each'],
  }),
  each: Flags.boolean({
    summary: 'try every address on its own, side by side, and print what became of each',
    exclusive: ['protocol'],
  }),
  'require-all': Flags.boolean({
    summary: 'fail unless every address works; one that was not tried has failed as well',
    dependsOn: ['each'],
  }),
  ...lookUpFlags,
}
