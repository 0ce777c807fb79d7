import { Args, Flags } from '@oclif/core'
import { bootstrapListName, defaultListName } from '../addresses/bootstrap/list-file.ts'
import { type BootstrapPeer, bootstrapPeer } from '../addresses/bootstrap/peer.ts'
import { canonicalAddress } from './arguments.ts'

/** `--list`: separate networks have separate lists. */
export const bootstrapListFlag = Flags.string({
  summary: 'which list',
  helpValue: 'NAME',
  default: defaultListName,
  parse: async (text) => bootstrapListName(text),
})

/** Entries of a bootstrap list, none or more. */
export const bootstrapPeerArgument = Args.custom<BootstrapPeer>({
  ignoreStdin: true,
  parse: async (text) => bootstrapPeer(canonicalAddress(text)),
})({ multiple: true, description: 'multiaddr that ends in /p2p/ID' })
