import { countFlag, durationFlag } from '../../lib/command/durations.ts'
import { serviceTagFlag } from '../../lib/command/mdns-flags.ts'
import { NetworkCommand } from '../../lib/command/network-command.ts'
import { discoverMdns } from '../../lib/operations/mdns/discover-mdns.ts'
import { renderMdns } from '../../lib/output/mdns.ts'

const defaultForMs = 5000

/** `p2p discover mdns`: who is on the local network. */
export default class DiscoverMdns extends NetworkCommand {
  static override summary = 'Find the peers of the local network by mDNS'
  static override description =
    'Asks on every interface that has an IPv4 address, and tells each peer once, as it answers, with the addresses that it says it has. It only asks: `listen --mdns` answers. Nothing checks that a peer is there, or who it is; `dial` does. Exits 0 after --for, whoever has been found.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --limit 1 --for 1m --json | jq -r "select(.peer).addresses[]"',
    '<%= config.bin %> <%= command.id %> --service-tag _mynet._udp.local',
  ]
  static override flags = {
    for: durationFlag({ summary: 'end after this time [default: 5s]' }),
    limit: countFlag({ summary: 'end with this many' }),
    'service-tag': serviceTagFlag(),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(DiscoverMdns)
    const { for: forMs = defaultForMs, limit, 'service-tag': service } = flags
    this.openSink(flags)
    const onNote = (note: string) => this.sink.note(note)
    const input = { service, limit, onNote, inspector: await this.inspector(flags) }
    this.lifetime.limit(forMs)
    for await (const record of discoverMdns(input, this.lifetime.signal)) await this.sink.record(record, renderMdns)
  }
}
