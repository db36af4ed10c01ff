import "i18next";
import type actions from "./en/actions.json";
import type acts from "./en/acts.json";
import type app from "./en/app.json";
import type customers from "./en/customers.json";
import type decisions from "./en/decisions.json";
import type home from "./en/home.json";
import type identity from "./en/identity.json";
import type imports from "./en/imports.json";
import type insights from "./en/insights.json";
import type letters from "./en/letters.json";
import type models from "./en/models.json";
import type parts from "./en/parts.json";
import type placements from "./en/placements.json";
import type policy from "./en/policy.json";
import type products from "./en/products.json";
import type record from "./en/record.json";
import type segments from "./en/segments.json";
import type settings from "./en/settings.json";
import type signin from "./en/signin.json";
import type simulator from "./en/simulator.json";
import type sources from "./en/sources.json";
import type timeline from "./en/timeline.json";
import type tour from "./en/tour.json";
import type traits from "./en/traits.json";

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "app";
    resources: {
      actions: typeof actions;
      acts: typeof acts;
      app: typeof app;
      customers: typeof customers;
      decisions: typeof decisions;
      home: typeof home;
      identity: typeof identity;
      imports: typeof imports;
      insights: typeof insights;
      letters: typeof letters;
      models: typeof models;
      parts: typeof parts;
      placements: typeof placements;
      policy: typeof policy;
      products: typeof products;
      record: typeof record;
      segments: typeof segments;
      settings: typeof settings;
      signin: typeof signin;
      simulator: typeof simulator;
      sources: typeof sources;
      timeline: typeof timeline;
      tour: typeof tour;
      traits: typeof traits;
    };
  }
}
