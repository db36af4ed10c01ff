// Sends the journey with the unmodified client. Arguments: server, write key, customer as JSON.
import { Analytics } from '@segment/analytics-node'

const [host, writeKey, customerText] = process.argv.slice(2)
const customer = JSON.parse(customerText)
const { userId, anonymousId } = customer

const analytics = new Analytics({ host, writeKey, maxRetries: 2 })
const failures = []
analytics.on('error', (error) => failures.push(error))

analytics.identify({ userId, traits: customer.traits })
analytics.track({ userId, event: 'Order Completed', properties: customer.order })
analytics.page({ userId, category: 'Shop', name: 'Mugs', properties: { url: 'https://shop.example/mugs' } })
analytics.screen({ userId, category: 'Shop', name: 'Basket', properties: { items: 2 } })
analytics.group({ userId, groupId: 'wholesale', traits: { name: 'Wholesale' } })
analytics.alias({ userId, previousId: anonymousId })
await analytics.closeAndFlush({ timeout: 20000 })

if (failures.length > 0) {
  console.error(JSON.stringify(failures.map((failure) => failure.reason ?? failure)))
  process.exit(1)
}
