import { pubsub } from './pubsub.ts'

pubsub('python')
