import { parentPort, workerData } from "node:worker_threads";
import { answerTo, romRequestSchema } from "./romAnswers.js";

/** The program of the worker: one request, one answer, then its end. A fault ends it with that error. */
void answerTo(romRequestSchema.parse(workerData)).then((answer) => parentPort?.postMessage(answer));
