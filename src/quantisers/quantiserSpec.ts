import * as z from "zod";
import { quantiserKinds } from "./quantisers.js";

/** How a latent matrix becomes the one that is multiplied with: the plain JSON value of it in a spec. */

type SchemasOf<Kinds> = { -readonly [Place in keyof Kinds]: Kinds[Place] extends { readonly schema: infer Schema } ? Schema : never };

const schemas = quantiserKinds.map(({ schema }) => schema) as unknown as SchemasOf<typeof quantiserKinds>;

/** What an error message names first. */
const usual = ["tl.ternary()", "tl.binary()", "tl.fullPrecision()"];
const makers = new Set([...usual, ...quantiserKinds.map(({ word }) => `${word}()`)]);

export const quantiserSchema = z.discriminatedUnion("kind", schemas).meta({ makers: [...makers] });

/** A quantiser, as a spec keeps it. */
export type QuantiserSpec = z.infer<typeof quantiserSchema>;
