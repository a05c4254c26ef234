/** The four themes that everything is looked at in. */
export const themes = {
  dark: { setting: 'Dark Modern', label: 'Dark Modern', className: 'vs-dark' },
  light: { setting: 'Light Modern', label: 'Light Modern', className: 'vs' },
  highContrast: { setting: 'Default High Contrast', label: 'Dark High Contrast', className: 'hc-black' },
  highContrastLight: {
    setting: 'Default High Contrast Light',
    label: 'Light High Contrast',
    className: 'hc-light',
  },
} as const;

export type ThemeName = keyof typeof themes;

export const themeNames = Object.keys(themes) as ThemeName[];
