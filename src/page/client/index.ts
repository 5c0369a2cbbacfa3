document.documentElement.lang = 'en'
