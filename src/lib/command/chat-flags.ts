import { Args, Flags } from '@oclif/core'
import { dhtNetworkFlag } from './dht-flags.ts'
import { durationFlag } from './durations.ts'
import { joinFlags, meetingFlags, pubsubFlags } from './pubsub-flags.ts'

/** The flags of the chat. */
export const chatFlags = {
  name: Flags.string({
    summary: 'what you want to be called; others see the end of your peer ID without it',
    helpValue: 'HANDLE',
  }),
  once: Flags.boolean({ summary: 'send the lines of stdin, wait until they have arrived, and end' }),
  for: durationFlag({ summary: 'end after this time', exclusive: ['once'] }),
  router: pubsubFlags.router,
  ...joinFlags,
  ...meetingFlags,
  network: dhtNetworkFlag({ summary: 'find the room in this DHT: amino, lan, or a protocol ID' }),
}

/** A room, or none. */
export const roomArgument = Args.string({
  ignoreStdin: true,
  description: 'room to begin in; the lobby without one',
})
