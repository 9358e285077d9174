import { Comment, CommentTag, Converter, ReferenceType, ReflectionKind } from "typedoc";
import { chapterOf } from "./typedocCategories.mjs";

/**
 * What TypeDoc has no option for. Types stand by the names that the source gives them, since one that a schema infers would be
 * written out over pages. Classes have neither constructors nor methods named by symbols, since a cell gets its objects from functions
 * and shows them as its last value. The index has chapters, and links to the other documents.
 * @param {import("typedoc").Application} app
 */
export function load(app) {
  app.renderer.markdownHooks.on("index.page.begin", () => elsewhere);
  app.converter.on(Converter.EVENT_CREATE_SIGNATURE, (context, signature, declaration) => nameType(context, signature, declaration));
  app.converter.on(Converter.EVENT_CREATE_PARAMETER, (context, parameter, declaration) => nameType(context, parameter, declaration));
  app.converter.on(Converter.EVENT_CREATE_TYPE_PARAMETER, (context, parameter) => {
    const [declaration] = context.getSymbolFromReflection(parameter)?.declarations ?? [];
    nameType(context, parameter, { type: declaration?.constraint });
  });
  app.converter.on(Converter.EVENT_CREATE_DECLARATION, (context, property) => {
    if (property.kindOf(ReflectionKind.Property | ReflectionKind.Accessor)) {
      nameType(context, property, context.getSymbolFromReflection(property)?.valueDeclaration);
    }
  });
  app.converter.on(Converter.EVENT_RESOLVE_END, forgetOrigins, -1000);
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, (context) => {
    const { project } = context;
    const members = project.getReflectionsByKind(ReflectionKind.Constructor | ReflectionKind.Method);
    members.filter((member) => member.kindOf(ReflectionKind.Constructor) || member.name.startsWith("[")).forEach((member) => project.removeReflection(member));
    project.children.forEach((word) => {
      const file = context.getSymbolFromReflection(word).declarations[0].getSourceFile().fileName;
      nameSpec(project, word, file);
      putIntoChapter(word, chapterOf(word.name, file));
    });
  });
}

/** Links of a docstring would be taken for files beside its source. */
const elsewhere = "[The guide](../guide/README.md) · [what an experiment is made of](../experiment.md) · [the engine](../engine.md) · [glossary](../glossary.md)";

/** Where a member comes from is no business of a reader where that is no word of the API. */
function forgetOrigins({ project }) {
  for (const reflection of project.getReflectionsByKind(ReflectionKind.All)) {
    ["inheritedFrom", "implementationOf", "implementedTypes"].forEach((origin) => delete reflection[origin]);
    if (!ancestors(reflection.typeHierarchy).some((type) => type.reflection !== undefined)) {
      delete reflection.typeHierarchy;
    }
  }
}

function ancestors(hierarchy) {
  return hierarchy === undefined || hierarchy.isTarget ? (hierarchy?.next?.types ?? []) : [...hierarchy.types, ...ancestors(hierarchy.next)];
}

function nameType(context, reflection, declaration) {
  if (declaration?.type !== undefined && reflection.type !== undefined) {
    const inferred = reflection.type;
    reflection.type = context.converter.convertType(context, declaration.type);
    forget(context.project, inferred);
  }
}

/** A type that is written out, alone or as a part of another one. */
function forget(project, type) {
  if (type.type === "reflection") {
    project.removeReflection(type.declaration);
  }
  type.types?.forEach((part) => forget(project, part));
}

/** The words of quantisers and normalisers give a value of their spec; its fields are those that `spec.json` keeps. */
const specs = [
  { folder: "/src/quantisers/", name: "QuantiserSpec" },
  { folder: "/src/normalisers/", name: "NormaliserSpec" },
];

function nameSpec(project, word, file) {
  const spec = specs.find(({ folder }) => file.includes(folder));
  for (const signature of spec ? (word.signatures ?? []) : []) {
    forget(project, signature.type);
    signature.type = ReferenceType.createResolvedReference(spec.name, project.getChildByName(spec.name), project);
  }
}

function putIntoChapter(word, chapter) {
  for (const said of word.signatures ?? [word]) {
    said.comment ??= new Comment();
    said.comment.blockTags.push(new CommentTag("@category", [{ kind: "text", text: chapter }]));
  }
}
