module.exports = {
  luodi: {
    input: '../openapi.json',
    output: { target: 'generated/orval.ts', client: 'fetch', headers: true, baseUrl: process.env.LUODI_URL },
  },
};
