// `graphql(…)`: documents whose variables and results are typed from the server's schema.
import { initGraphQLTada } from "gql.tada";
import type { introspection } from "./schema.d.ts";

export const graphql = initGraphQLTada<{
  introspection: introspection;
  disableMasking: true;
  scalars: { DateTime: string; UUID: string; JSON: unknown };
}>();

export type { ResultOf, VariablesOf } from "gql.tada";
