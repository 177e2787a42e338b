import { darkTheme, lightTheme, type Theme } from "@rainbow-me/rainbowkit";

const fonts = { body: '"Hanken Grotesk Variable", system-ui, sans-serif' };

/** RainbowKit's window in this site's colours. Its own accent is too pale to read. */
export function rainbowTheme(dark: boolean): Theme {
  if (dark) {
    const theme = darkTheme({
      accentColor: "#ff9a5e",
      accentColorForeground: "#1a0d04",
      borderRadius: "small",
      overlayBlur: "none",
    });
    return {
      ...theme,
      fonts,
      colors: {
        ...theme.colors,
        modalBackground: "#262b27",
        modalText: "#ecefe9",
        modalTextSecondary: "#b9c1ba",
        modalTextDim: "#98a19a",
        closeButton: "#b9c1ba",
      },
    };
  }
  const theme = lightTheme({
    accentColor: "#a63c02",
    accentColorForeground: "#ffffff",
    borderRadius: "small",
    overlayBlur: "none",
  });
  return {
    ...theme,
    fonts,
    colors: {
      ...theme.colors,
      modalBackground: "#ffffff",
      modalText: "#171b18",
      modalTextSecondary: "#454d47",
      modalTextDim: "#5b635d",
      closeButton: "#454d47",
    },
  };
}
