import { Converter, ReflectionKind } from "typedoc";

/**
 * Two things that TypeDoc has no option for: types stand by the names that the source gives them, since one that a schema infers would be
 * written out over pages; and classes have neither constructors nor methods named by symbols, since a cell gets its objects from functions
 * and shows them as its last value.
 * @param {import("typedoc").Application} app
 */
export function load(app) {
  app.converter.on(Converter.EVENT_CREATE_SIGNATURE, (context, signature, declaration) => nameType(context, signature, declaration));
  app.converter.on(Converter.EVENT_CREATE_PARAMETER, (context, parameter, declaration) => nameType(context, parameter, declaration));
  app.converter.on(Converter.EVENT_CREATE_DECLARATION, (context, property) => {
    if (property.kindOf(ReflectionKind.Property | ReflectionKind.Accessor)) {
      nameType(context, property, context.getSymbolFromReflection(property)?.valueDeclaration);
    }
  });
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    const members = project.getReflectionsByKind(ReflectionKind.Constructor | ReflectionKind.Method);
    members.filter((member) => member.kindOf(ReflectionKind.Constructor) || member.name.startsWith("[")).forEach((member) => project.removeReflection(member));
  });
}

function nameType(context, reflection, declaration) {
  if (declaration?.type !== undefined && reflection.type !== undefined) {
    const inferred = reflection.type;
    reflection.type = context.converter.convertType(context, declaration.type);
    if (inferred.type === "reflection") {
      context.project.removeReflection(inferred.declaration);
    }
  }
}
