/** @file The site of these pages, for `npm run docs`. The pages read as well without it. */

export default {
  title: "Femto",
  description: "The energy compiler for neural networks",
  cleanUrls: true,
  srcExclude: ["results/**"],
  themeConfig: {
    search: { provider: "local" },
    sidebar: [
      { text: "Femto", link: "/" },
      { text: "Ten words", link: "/glossary" },
      { text: "The house", link: "/house" },
      { text: "Status", link: "/status" },
    ],
  },
};
