// The one style import that TypeScript must not look for.
declare module "*.css";
