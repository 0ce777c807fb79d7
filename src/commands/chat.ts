import { chatFlags, roomArgument } from '../lib/command/chat-flags.ts'
import { ChatTerminal } from '../lib/command/chat-terminal.ts'
import { PubsubCommand } from '../lib/command/pubsub-command.ts'
import { classify } from '../lib/errors/classify.ts'
import { chat } from '../lib/operations/chat/chat.ts'
import { chatHandle, chatRoom } from '../lib/operations/chat/line.ts'
import { peerLocator } from '../lib/operations/dht/peer-locator.ts'
import { dhtInput } from '../lib/operations/dht/whom-to-ask.ts'
import { bound, listenPlan } from '../lib/operations/listen-plan.ts'
import { placeOf } from '../lib/output/chat.ts'
import { ChatPrinter } from '../lib/output/chat-printer.ts'
import { errorRecord, renderError } from '../lib/output/failure.ts'

/** `p2p chat`: a chat over the whole stack. */
export default class Chat extends PubsubCommand {
  static override summary = 'Chat in rooms, and with one peer alone'
  static override description =
    'A line that is typed is sent to the room; /name HANDLE, /peers, /rooms, /join [ROOM], /msg PEER TEXT, /help and /quit do what they say, and // begins a message with a slash. A room is a topic of pub/sub, messages are signed, and each is shown once. Works in a pipe too: the first message then waits, for --timeout at most, until somebody is there; with --once the chat ends when the lines of stdin have arrived, and exits 1 when nobody came. Peers are found at the addresses of --bootstrap or --list, where they are dialled again when they go away, by --mdns, and with --network in a DHT, where each room is found by the CID of its topic.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --name alice --listen /ip4/0.0.0.0/tcp/4001',
    '<%= config.bin %> <%= command.id %> --name bob --bootstrap /ip4/127.0.0.1/tcp/4001 room',
    'echo hi | <%= config.bin %> <%= command.id %> --once --bootstrap /ip4/127.0.0.1/tcp/4001 room',
    '<%= config.bin %> <%= command.id %> --json --network /test/kad/1.0.0 --bootstrap /ip4/127.0.0.1/tcp/4001 room',
  ]
  static override args = { room: roomArgument }
  static override flags = chatFlags

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Chat)
    this.openSink(flags)
    const { configDir } = this.config
    const room = args.room === undefined ? undefined : chatRoom(args.room)
    const handle = flags.name === undefined ? undefined : chatHandle(flags.name)
    const meeting = await this.meetingOf(flags)
    const dht = flags.network && (await dhtInput(flags, configDir))
    await using node = await this.openListening(flags, { listenPlan, bound })
    this.limitBy(flags)
    const context = this.contextOf(flags)
    using terminal = this.sink.json ? undefined : ChatTerminal.ofProcess(context.signal)
    const above = async (print: () => void | Promise<void>) => await (terminal?.above(print) ?? print())
    const onNote = (note: string) => void above(() => this.sink.note(note))
    const input = {
      ...{ room, handle, dht, once: flags.once, ...meeting, onNote },
      ...{ typed: terminal?.lines(), stdin: this.stdio().input },
      // nobody's chat is told to a network that was not named
      locate: flags.network && peerLocator(node, flags, configDir, context),
      onEntered: (name: { room?: string }) => terminal?.prompt(`${placeOf(name)}> `),
      onFailed: async (error: unknown, index: number) =>
        terminal === undefined
          ? await this.failInput(error, `line ${index}`, index)
          : await above(() => this.sink.failure(errorRecord(classify(error)), renderError)),
    }
    const printer = new ChatPrinter(this.sink, { interactive: terminal !== undefined, quiet: flags.quiet })
    for await (const record of chat(node, input, context)) await above(() => printer.print(record))
  }
}
