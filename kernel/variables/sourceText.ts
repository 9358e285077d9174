import { stopPoll } from "../instrument.js";
import { functionSource } from "./read.js";

/**
 * The source of a function without what the kernel has put into it: polls, guarded awaits, the scope before names. Types and the
 * layout of the cell are gone, as the compiler took them.
 */
export function sourceText(value: (...values: never[]) => unknown): string {
  return functionSource(value)
    .replaceAll(new RegExp(String.raw`\(${escaped(stopPoll)},`, "g"), "(")
    .replaceAll(new RegExp(String.raw`${escaped(stopPoll)};?`, "g"), "")
    .replaceAll(/\(__scope\.([\p{ID_Continue}$]+)\?\?null\)/gu, "$1")
    .replaceAll(/__(?:scope|constant|declare)\.(?=[\p{ID_Start}$_])/gu, "")
    .replaceAll(/__caught\([\p{ID_Continue}$]+\);/gu, "")
    .replaceAll(/__(?:await|iterate)\(\((.*?)\),"[^"\n]*\|\d+\|\d+"\)/gsu, "$1");
}

function escaped(text: string): string {
  return text.replaceAll(/[()[\]&]/g, "\\$&");
}
