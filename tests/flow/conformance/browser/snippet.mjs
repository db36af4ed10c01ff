// Prints Segment's own snippet for an address and a write key, with no call in it. Arguments: those two.
import snippet from '@segment/snippet'

const [host, apiKey] = process.argv.slice(2)
process.stdout.write(snippet.max({ host, apiKey, page: false }))
