import type { ElementType, OnnxAttribute, OnnxGraph, OnnxNode, OnnxTensor, QonnxDatatype, TensorValues, ValueInfo } from "./onnxModel.js";

interface GraphParts {
  readonly nodes: OnnxNode[];
  readonly initializers: OnnxTensor[];
  readonly inputs: ValueInfo[];
  readonly outputs: ValueInfo[];
  readonly datatypes: Record<string, QonnxDatatype>;
}

function emptyParts(): GraphParts {
  return { nodes: [], initializers: [], inputs: [], outputs: [], datatypes: {} };
}

/** A graph in the making. Values are known by their names, which are all different, also those inside of bodies. */
export class GraphBuilder {
  constructor(
    private readonly prefix = "",
    private readonly parts = emptyParts(),
    private readonly names = new Set<string>(),
  ) {}

  /** The same graph; names of what is added begin with `place`. */
  within(place: string): GraphBuilder {
    return new GraphBuilder(`${this.prefix}${place}/`, this.parts, this.names);
  }

  /** A new graph, for a node of this one. */
  body(): GraphBuilder {
    return new GraphBuilder(this.prefix, emptyParts(), this.names);
  }

  /** @returns the node's output */
  node(operator: string, inputs: readonly string[], attributes: Readonly<Record<string, OnnxAttribute>> = {}): string {
    return this.nodes(operator, inputs, 1, attributes)[0]!;
  }

  /** A node of several outputs. */
  nodes(operator: string, inputs: readonly string[], outputs: number, attributes: OnnxNode["attributes"] = {}): string[] {
    const names = Array.from({ length: outputs }, () => this.unique(operator));
    this.parts.nodes.push({ operator, inputs, outputs: names, attributes });
    return names;
  }

  /** @param datatype of the tensor's values, for QONNX */
  constant(name: string, shape: readonly number[], values: TensorValues, datatype?: QonnxDatatype): string {
    const unique = this.unique(name);
    this.parts.initializers.push({ name: unique, shape, values });
    if (datatype !== undefined) {
      this.parts.datatypes[unique] = datatype;
    }
    return unique;
  }

  integers(name: string, ...values: number[]): string {
    return this.constant(name, [values.length], BigInt64Array.from(values, BigInt));
  }

  /**
   * An input of exactly this name, whatever the place.
   * @param standard what is read where the input is not given
   */
  input(name: string, type: ElementType, shape: ValueInfo["shape"], standard?: Omit<OnnxTensor, "name">): string {
    this.parts.inputs.push({ name, type, shape });
    this.names.add(name);
    if (standard !== undefined) {
      this.parts.initializers.push({ name, ...standard });
    }
    return name;
  }

  /** An output of exactly this name, whatever the place. */
  output(name: string, value: string, shape: ValueInfo["shape"], type: ElementType = "float"): void {
    this.names.add(name);
    this.parts.nodes.push({ operator: "Identity", inputs: [value], outputs: [name], attributes: {} });
    this.parts.outputs.push({ name, type, shape });
  }

  /** An input of a body, float values. */
  bodyInput(name: string, shape: ValueInfo["shape"]): string {
    return this.input(this.unique(name), "float", shape);
  }

  /** An output of a body, float values. */
  bodyOutput(name: string, value: string, shape: ValueInfo["shape"]): void {
    this.output(this.unique(name), value, shape);
  }

  graph(name: string): OnnxGraph {
    return { name, ...this.parts };
  }

  private unique(name: string): string {
    const full = this.prefix + name;
    let unique = full;
    for (let count = 2; this.names.has(unique); count++) {
      unique = `${full}_${count}`;
    }
    this.names.add(unique);
    return unique;
  }
}
