// What esbuild makes of these imports: the address of the file, its hash in the name.
declare module "*.wasm" {
  const address: string;
  export default address;
}
