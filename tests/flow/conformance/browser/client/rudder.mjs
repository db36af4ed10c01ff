// @rudderstack/analytics-js from npm, in the build that needs no plugins from elsewhere.
import { RudderAnalytics } from '@rudderstack/analytics-js/bundled'

window.load = (host, writeKey, options) => {
  window.analytics = new RudderAnalytics()
  window.analytics.load(writeKey, host, { configUrl: host, ...options })
}
